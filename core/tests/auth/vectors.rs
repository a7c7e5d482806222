//! Published vectors, and signatures that only look right.
//!
//! The examples are those of RFC 7515 (A.2) and RFC 7520 (4.1). The others are in the manner of Wycheproof's: blocks that are
//! wrong in one place, each signed with a key of its own that nobody has kept.
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use clerk_core::auth::{Rs256, RsaPublicKey, VerifyingKey};
use serde_json::json;

use super::{BACKENDS, ask};

fn bytes(base64url: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(base64url).unwrap()
}

/// What all backends say of a signature, by the line protocol and by the types that users have.
#[track_caller]
fn holds(n: &str, e: &str, message: &[u8], signature: &str) -> bool {
    let key = RsaPublicKey::new(&bytes(n), &bytes(e)).unwrap();
    let backends: [&dyn Rs256; BACKENDS.len()] = [
        #[cfg(feature = "ring")]
        &clerk_core::auth::Ring,
        #[cfg(feature = "aws-lc-rs")]
        &clerk_core::auth::AwsLcRs,
        #[cfg(feature = "rust-crypto")]
        &clerk_core::auth::RustCrypto,
    ];
    let mut answers = Vec::new();
    for (name, backend) in BACKENDS.iter().zip(backends) {
        let answer = ask(&json!({
            "do": "rs256", "backend": name, "key": { "n": n, "e": e },
            "message_base64": BASE64_STANDARD.encode(message),
            "signature_base64": BASE64_STANDARD.encode(bytes(signature)),
        }));
        answers.push(answer["ok"].as_bool().unwrap());
        answers.push(VerifyingKey::new(&key, backend).unwrap().verify(message, &bytes(signature)));
    }
    assert!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{BACKENDS:?}, each twice: {answers:?}"
    );
    answers[0]
}

/// A modulus, what is signed, and its signature.
struct Example {
    n: &'static str,
    message: &'static str,
    signature: &'static str,
}

/// RFC 7515, A.2.
const RFC_7515_A_2: Example = Example {
    n: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    message: "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
    signature: "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
};

/// RFC 7520, 4.1.
const RFC_7520_4_1: Example = Example {
    n: "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw",
    message: "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4",
    signature: "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
};

#[test]
fn the_examples_of_the_standards_hold() {
    for Example { n, message, signature } in [RFC_7515_A_2, RFC_7520_4_1] {
        assert!(holds(n, "AQAB", message.as_bytes(), signature));
        assert!(!holds(n, "AQAB", message.to_lowercase().as_bytes(), signature));
        assert!(!holds(n, "AQAB", &message.as_bytes()[1..], signature));
        assert!(!holds(n, "AQAB", b"", signature));
        assert!(!holds(n, "Aw", message.as_bytes(), signature));
        let mut flipped = bytes(signature);
        for bit in [0, 1, 7, 1000, 2047] {
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(
                !holds(n, "AQAB", message.as_bytes(), &BASE64_URL_SAFE_NO_PAD.encode(&flipped)),
                "{bit}"
            );
            flipped[bit / 8] ^= 1 << (bit % 8);
        }
    }
    assert!(!holds(
        RFC_7515_A_2.n,
        "AQAB",
        RFC_7515_A_2.message.as_bytes(),
        RFC_7520_4_1.signature
    ));
    assert!(!holds(
        RFC_7520_4_1.n,
        "AQAB",
        RFC_7515_A_2.message.as_bytes(),
        RFC_7515_A_2.signature
    ));
}

/// The modulus of the signatures below; its exponent is 65537.
const N: &str = "nJMGx1IyLPLULOGmqeqYJPVZgiPtcUl9Jtrx-3pInVlM5MbcpQeqzRcdKxQTD0_f9w2vCH9jSxNJz4_rhRwxj9lJ4tg1EepkWHf1Kkg5lSmFWTLIg08L2TPj33vNV3oaUZLmKzCaPAfZ-s_2PZJqEATUtM4DnMoFDjjvUGwtKrfpUkrvMt_XI32Ygsh2kg4VZ1gTXyPF7aUxnJmGRL_u_zXcc09baxgo9PIeY7nxsF-IhFXLVYDnkVPsNdyllbETUUa_kzbImCzNmCK-vH_S04IoL3v3sFMPnNKyeuBtmcgX4kU_ujWf8hwm1XdJPOlmsHS4Luy-9Pgrj_AVKIyOPQ";
/// What they sign, or seem to.
const MESSAGE: &[u8] = b"123400";

#[test]
fn a_signature_is_right_in_every_byte() {
    for (what, is_good, signature) in SIGNATURES {
        assert_eq!(holds(N, "AQAB", MESSAGE, signature), *is_good, "{what}");
    }
    assert!(SIGNATURES.iter().any(|(_, is_good, _)| *is_good));
}

/// A signature that begins with a zero byte, which is a part of it.
#[test]
fn zeros_in_front_are_not_dropped() {
    assert!(holds(N, "AQAB", b"55", ZERO_IN_FRONT));
    assert_eq!(bytes(ZERO_IN_FRONT)[0], 0);
    let short = BASE64_URL_SAFE_NO_PAD.encode(&bytes(ZERO_IN_FRONT)[1..]);
    assert!(!holds(N, "AQAB", b"55", &short));
}

/// With the exponent 3 and a padding that is not looked at to its end, anybody can sign: the cube of this number begins like
/// a good block.
#[test]
fn a_cube_root_is_no_signature() {
    assert!(holds(N_OF_3, "Aw", MESSAGE, GOOD_OF_3));
    assert!(!holds(N_OF_3, "Aw", MESSAGE, CUBE_ROOT));
}

const ZERO_IN_FRONT: &str = "ALFaI6rHy3u_fa59Pf4m2SC9IZQ0BK5C9putDSKEHD4JEl2mscNroFfF3-irWcurut2TfNPtrnEjHRVRKV8MLQlyBL4po9x8-G2Gb4_6sXhjwkMAD3o354SeE0emo3JCXqAm3wNjN4wJhocbD5AzKrZvb4yf40zBQ36j_OWlqh93qgtarFxjlye1uGtMOk2ofWZ3NFAghNh8D4amnRcSjPm0_GXukUoiOgKpJbIl0OVs9NVNFF0EeI1ys3TG-8819c8xyGCzTQP5G9ffZqXXsHTfHxtbi0To21LJxjaD3ZZuhoKzm1kggcweYoKjYJP5kES35-_jPXi64hcj1-85qg";
const N_OF_3: &str = "gc8U7fDFI5nOn3JX-s_3N_JJQIUiwKQyR3If7u6dvlbihx6dcynLiHxCVei4ELuOXhsWvoGvSZEi6hgcV_FJWGOL_gTAv8AslVBIj9KMd2EQ6ym0PQWW0_-U3duoD4_G0sBmsK6g3ryzrNxwSmCVJ3lYacyjr3BybL4GhObbdDsP0O3BjP1qswzk4Tj8fwiqQdMoWe-Zm9o9wMeFTMXBeHbn9brOTwf3OJitLrIqvGzHTrqXafpOXO942gxQXanqSjcMTU3A_F2j9FlAkjqUKiCVs3qy9uXB3oNL-3zByhQ9OhgPAGqcWe4QdK9qDybXzEzgrz-gaXqtUZGM3pEB3w";
const GOOD_OF_3: &str = "E86GFEg_JVSt2Brga-OSEupZA48As0m3AsSfFqQEec9qYu4u13N1hZ4KfvL4WjMGXucdWC1Me4ovR39xe1CtEBkL-4GqF8M1TmC9zIyJtXFHB8bVubanRiztWjfKwQHK6xozIBlfucUd0j_nKeojf-MieuBkWlAc5dBxoBHnzp5c_scZMNPpYVHwot12veNjkFIHrBnBJ57K1SwDIQ58Hc66_TIc3sSJRB747ofCy2M35D9UFCK_uwiQ0OqspRNyeYIZwjIvU5WHdr8ztzwEqGMIJRhEkQP429yiACN_Qdf6RAzfGJif1DuEh1ekwHbt0JRxwmegJDiBirXbbmxUYA";
const CUBE_ROOT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMsv9SnrceQVYPXZ1IPUWQHWRdtN4JvLvY649x6xQDwnNhGukyczvFPVdUjpv0VTRh3AXUOPo6DL1_lrXbxqzHO5ZmpGN-2yQmBYOSn5BRpGdsgY2OQ";

/// What is done to the block, whether it is good, and the signature.
const SIGNATURES: &[(&str, bool, &str)] = &[
    (
        "valid",
        true,
        "lk90VT1Hu0yMU8Pes8GAEoVRPLntQHUTaf2iHCHcsG-8F5KhWaXNpHC52IWirG6fLk5PKRCehG4WrHBthjtcz8Xt07KFQy_JERdsf25gPxveab0hI8u5j61Y2xmRd2FIazLSEUMQ6IkoythzO7oHiTLYxq7_jQoqc8m5kWxcAT_is_PXGDjKPXjxP2xrQ7kMmmHUzkNlYIkTTLcDyFE36fmnwyOVcT7cqgSbcTeS2OisL3w8aZlr7DDUWgChlt-N3agAaFyDCbAz65ThMpEOPMeSU6jDqrEkRd7iTQs3S1KGxRp15osx6W_QIxJ5XgizaAEjf5pTOez3UbmCKWWhWg",
    ),
    (
        "no NULL behind the id of SHA-256",
        false,
        "DQOrooGe0zJgMjjaGymDCfkI4Ms2Ag3jjRUu99cW8pu9IiVPzJJZJezX9dor_V3y6NlYnf1HRqal6ch13EC-VWX5ii6LKmMLbST6DB7YewHsYr-tv6IVKN1MGlqYpmZ7JQoTXMb3zdKDyQK7b_qYzM-d1TjEQhIJOHnA5zvzgh18Y1EEu1XFgu4JsoRzwQSPjeeWEgSgG5fUH0KNO9iOirC-xhgkSGPRNz7TFFH4XrRnrayWevdPkj5YNnn3CZDEslzlsT0zq0YDPURzqMxp3f_Elg__O5zFQ4LO1KaV2UBZMCPDafs1-tjBaghjFvT03bw0wVJC9H0AWac0OWDf4Q",
    ),
    (
        "a NULL that is an empty octet string",
        false,
        "UvUWHzSs3VuoVA6NUfRrBvPgUMV054bPYIZHtwYIbZ47JKMSdQUBMbORZ-8guCmaLbwHwQUJNeWOG8kGFwFdcMOf6G3dJvHiGNVFNepYmQ3LKsUHwa18_DsV8Y7npqI7yYvm5z4C9fNbne-NI-XDtMism9EZLnbr065OGZ0h-il2JmnKQNyG1fYhsfVGPu6e9bpGJFJ5MzySR0PdkrC8I4D4m0GfAut8ekry8OyVv4r_o7PMgz3ZQM4BvDWIOmR_SKXw7XRa340DGKdtjmGU84AhKvwih_1LzyxU4UN__SsecmakcsGMVtVcnS3j83Htfs5mFCYeqWQiqFEaCzZjRw",
    ),
    (
        "a NULL with a length of 1",
        false,
        "HXhM30LF3MN-7Momni04Txp-xlrLHLDj2aokLS2fhvVc2Y-o5Be1j_CzZGFyV7TFMFJENWSsEL-Fd0jCq0tyIrOwGLE9Gv-vODKCCqtVRjMLZ0JTMhzvb2e4wJwSiTYH6hJWUGlwr5jA_gYzKEm9TM-qjyPoLLXopkcRsOdT8EYy0I_ZNexBen4Ip2VfgjX_NVIF4Uj4QjBfgSxozbfXF_Hd33Vp2S2QYJmrTIMB1Tve01r0-Q6rm_RoD6X5wQj9KwVY_EzZ018cMMarq2l4IWUk0rDnWOAhD3WayC8KheIJ3HsFB0md6DUr-eP8NmzNP5DBSIdIIyNyRRHsZVxeOQ",
    ),
    (
        "two NULLs",
        false,
        "VETIridt_qrecSb8GkdI4_Cmq4l-MSpo9zS1BDlWbzqWkaVt05q8mVBDYtzfv5VGqHkydyEk_9g25CjNSZYULVCKwgtYkgShTsdjefexKWEhfPM2zpxQp-2NI_Zi6dgGUT-GSdRlnbWrgP_Geypoq96YypQ6UewspfdtzqDXL_s-Ng7hpuqcUAoMCpnJrk2UDdZy6Q6uIHFJzQfS7n0TbeUDnoeXNSw_wvPqSRch7BZRDsY2HyT7RFm8xPHp7gXze63p63TkoYz_uRc6Un-27er_d7WDpEBFgWPBlVS2XEt5MV-SJThx-IgBYwM5Oa2ryi7OskAe2rhAqbeu2k52eA",
    ),
    (
        "the outer length in the long form",
        false,
        "GfyyYjguZmxBIJFNmhQhrQ8bToeyVcSk8N8Mx_cwCMz1cfDnKOZpf0ehoQ2xRuNXKOU4KnBkHHn55JdbF0HTAifxuC3DsKgQE2MSN2Ur8ENYjO1ql3L7R5vhx_dEFDEph5AOOqd3c_LM7MI6dNeF5vYtKrOxrVf1u2-LFkk2uteS-QoS2CPLJADkt_mrocqzohH3iuaMt3re5Zf3-JI_h4WuRaM9yEBkzfVlHujcglOkmn_198cJsFUgAPci0m0-j7wmyYtf_AbcMs30LXuSA53IlvzwCv4fhAWavqFxXmhJmrya09cUs8wL1BZWUMFGYAIUhPKIZbGgaaVaw1HRVQ",
    ),
    (
        "the inner length in the long form",
        false,
        "GO-Sqssim52U4okVNpPJbRIuEmlM0LbBasfTWs7CB-NdWA-AvBKdq27NBnU4YGs2qgunaneLxpf_lcxsAaDtMVuYzMoVf3nchn63KRnV7ZjcZJ-1WCk9k8liaPd0h6KPxVJWuttLPEv4YVDxd6w7fmz2ilcnE5sBNzvu4XHJYSjTVOqEiGLUW9YYcMH6EPlB9G2YtL5bnZyzXzuudBcy-nPxbRY6gcpgiJuEaokvYeEzscG3JKb-er9VJAXGVfb3rU8zF-UCGsnmDHzNL_zydSMIWoNX-gV6PNJBh4IT-FFUQSUFEAFGB1jq-3Mv1o9-XPoY7S86DmoLrbj6oFCc5g",
    ),
    (
        "the digest's length in the long form",
        false,
        "k4Jfqs0CJ2_WD-J8z8CRaN9wLysi6iDKm2n3Ptr126drXH_8nXcNGeOBaN7pVT1eO85Kcd9ou4fCk0Zpie4cEAsqhZ3HZ168SXyHkJKMBVzZTAT3YSYoHCp01aZjeQYUvIQxkG1qER_QksaJxUfq_zPgpCYot46Y5ERVIEEbcgSQVxVV9ydCtdPprbPpsSxwLs8Mgk7l4SeZTbeXOaUV4PY6cFrucqXnrov-1Yze5c8DjGqMmxJIK888us6ObDBxhHP4PGCo-6pqngINI9DLxoLhucoCTwBHQymcuQ3GQE0gPP6f26nxF7FyUW-8eo0beLWJKNv4GDob7-WZ5SawdA",
    ),
    (
        "an indefinite length",
        false,
        "hmGPEDkjcRzYJP0oMyiVsYQNE5KHcPatt4wIuQeLsFJFQnXED6hlmyGXof7GGssHb9zT2UPcbz-RRwVODkxsCUF1sGWGOXCKcU6NOHn6y0O40WZG5aYLs6FqCTC0-M2SuxQTDJYxrNlMxuXZjPlt1rppACaMUHHVhFKbQylPseUL3-ASviQmsjJEykDw1qFHKKtpTITn8wulFHgv8DVQ6LsxnYS3jaKWh-Wdtuf3khQJvliHFMyCVnSgVCW8Qc4PHUS4EC737ox7h33NVOljqsOD7wlsF8RQ6XKKWZgo0DItuoUKVnWZevjyD-aoBN8srEzTPSVyJV9KuBijZx-6KA",
    ),
    (
        "the id of SHA-1 with a digest of SHA-256",
        false,
        "hMtLVXiHoprg5nGS-sXND_ZawydW-1ghyi30-KDvAdMPDXO4e9VLivIAnerkKaEj7iwFVPXfB2FKrh1sA4e83ISqwElrKl44BWEIJUL-LKkbd5hILY54O8Tz1-iZ5AE2dudoOrhzi66T9UsTo3xbxOxcTmXqLEVp0JuRPDvgNoy8XWQAwVHVYegMxxqJPLo6OHt3__dkiXO56w_AsjJ7hW8uoxq8GAYowDvOEoR3UyJW8KiEOke1toicbALmt4fmLAT-iC4QI657mEV0E4FmYudpoKoaSKWid3ccjFOKZHBX5BI3drPYo-YKK0gGG1zdzru1QrJEKuCVAMaoW8ENlw",
    ),
    (
        "the id of SHA-512 with a digest of SHA-256",
        false,
        "FbJoFxcTZ6cax946N8EGpz31xxRiLJTDFuvYe3bGswOrznb8waEigqcGkgyNPbYfZHttw3eiWDbeeh4JJcYNMacniT1Jtut8QLKIyq2wl3dRHzOKMvktxaIsQiyO4W5aN3fK0JNpi4u7VMhIBkir6UkCOzgA_qFMWKtW7w--DFE5-Yri8QqFhiTL1symnkcSxubleWGJhzL8BdRYed8Mmd3Lf6GeRyCUV0VACFS_3xbhyhBo0a6vgz_NizLpaUVtbBlI3e-LhPK0MPPlVWy8zUI6MZu5Uvb8TJef9K092xKhjo1SrWUe1WVyMxTakl3DrTz8JkRH2mDnjrkpAhr8qQ",
    ),
    (
        "SHA-512, as in RS512",
        false,
        "gie6uK1it8N500KzpinL0FRIqflCSZ_xd6yOgVgu1YRpfXziLcDPK-d_wvGQW0WTMHVIujDcrcc67Qj9f4pB7oSKdN4TFj_n-J-fJodJllyjqR6jrOG_fQNrU4b0TznWIuodiiEJzWkzg0Koa_raEe4mT7oggQYsjQvaFHnHcXfO57NbT1Wt4XWWeQ6uVqa5UuEkfUA5E_a8hfLKNGBkw_wMJKOFHv9YKBo6N60VH3vaeshdY7jvKyE96nE47z6nTs21fMxnidnxvGICvdTjnSM571caimIVldp_QzTUCMU1tI4MD0WgejUxj2fXTfVf1GeTPUc-E7eNt7o6XkwXzQ",
    ),
    (
        "SHA-1, as in RS1",
        false,
        "DI9va93_-i3sGhm5_Y9X96mhhfNDjR8n6-hYub54rGXFuNBPeQeYogjwvo_u76IC5XpI1Qs42U1EGcR7UYLKd2DT-zZUTc5Xv1xXd9uQSQG5RjXvi80ZzrpFNWObZ3zFt90MWKMemJhhVYBN4xJhVUrec5B4JW5OSVDeSYokl6S3uTXhHrtTBMwslhf6eKzmsaWV4rFGj3V5YflSQSLgioQgbUYhtUGuhHkKffsREkzlGWD90cC-11aktzR88KJedeG0HB9xNfkWO5Mc1eoqtMfrgyDfyMeaqQNP7NKQOEsynPX4COwsCtcSEA_6oO3_M-ZkULsWdDr7Z9XheLYtqA",
    ),
    (
        "the digest alone",
        false,
        "ZolPOjG4h8c6bxNERbgYr4NeKsL8b6wkZM5K2Hl1OSS_UnA4Oy9YocxPZJI8W_YahSD3HHcR-LXFtxRDs3wHh1PoKcR4LCKkQtQTh4FjS-ZuuP8yOXYbu0JHXYTU9FLkr1mCp2wS7ysI5iAwsuY8Z-M76qGgvqzco5U4kRljrXHq0Ud4LLA1XzThfFBmqWKDJ9G8tNIA-dMwSBXvJkp7rOymRSNvIQEv1HOjz_p1ApHCwHbo6uFIn6Ti5Fz5SD8HdtaxHMireisSjo8TVMU1G-O9zsTHND7eBVNqABvH6nFTWgsmvQlpDFKVfkuk6mUMPVbxgIQXnAU1tbSEwXLHdw",
    ),
    (
        "the digest cut by a byte",
        false,
        "g_q06kKDOqlAN3q21cfKf2l3VQ5bVWEFzFQMI_L1Hx3uep8n-eEd7X7rejZE4tRmasJCeg6nL8ERW_quscqUBLOLLHrcC2rGmyaif01hKZH_3T-hBD6lLqvT1j08cXd6_69xFWZhBSGJl0PMWVjsgDUjgBDFNuM_hYZyTEz30ZzVwl40kkrclEhBNaIjJIBvrjrJX12chClRSPeRC230b-IrzAmkTd1efx-jLWz604dhMFLdM-BR6yVYyROQ-fIKZstmt_WexqHdhGoFOyWKXI8cYOgVOQcJ4iJAt0IBb1X9s_N8ayshGwonqtvrA5-Rehdz38FCawHDm2TU2eyvBA",
    ),
    (
        "the digest of another message",
        false,
        "D-x-1NAnu7dZlJprN_J7_nNS5kzKKgf1h2_5hy7xssw1axdKHIuitSNeSiKFHMTrfnRot-8FhEGCbTMrgLAjc7HKqsuuK-nN_-EnIw4n2RL6CQaxuiTW0zpskBhnGtWVLLtAmNZQpC7SQj1tO4KBf0VXhN6Nc5h4tYegnKinxeLeZNN7v5ixWNSaKjt4HY5ug2jVx6YbzDJ427IXo1sBHZWo6rnfXNgtzgB7BzWBhwHf3QeixWJisut2w3z53geNuh8HaO3A23vTToh-PSN8ZerUl9lgfY4JBL2VM7k-J3jgDV1_Zu_8-ECrWSXiYMDci9CSOTdKUJRgetwDDTnvAA",
    ),
    (
        "garbage behind the digest, padding shortened for it",
        false,
        "P4HoTBDGNw_W8ylwzwb0qG62CRPrXOqW95DgK7ot1FX3ctt9SJEc_Nf3nwEX4gWIDKrGh7PY8YIzPrHtjxGSwf9Rmrvjgaz35uNvjmKkcrFnh87jaamICp_R3Rs656yIxwsBsOeFRzc2mv0lBagXxMoU1weKSQVvC_fyDZTdEmXnl26otILzCjNn_YXFmjz5hZA7seOyUUPdXntAmjyoseHjHtDfzpiChwlAzHlPGvSFdeHi8-JD-b_K8B-Zf6Ah9GAeOH3V8q6MS2gjkfVJiAb5W5e5pPXvTD5jwkBjCKMsizxfSWHjR0-BjGgUYgz5vBNxKcOsYPl0TOlRS8gI-A",
    ),
    (
        "garbage behind the digest, inside of its sequence",
        false,
        "ceXbYHU_zOOvVgtszD2ClpzbFjBvyrbPBk1eKvmixCo3_0iDGQNQ7IkzuBseeJCnEmxG2-tMBkdi-ziPmcBllhcC9SJJfDlpNogWfOlfbl6K-z4d9CKlhW2q_P1isx9BiR-ohdDZX2i1zmovyQVIYa1NUtTqL3frDHYw-m2jFiVVVELOhcpBClNoHZ6gflOczXRAw3QD8Jr-vJ0fJFSg_0duWgzhWSurFF6Sur4ZhKOng168T8w4ZGM2InZ-HLvK9PKXlN7cj-q2vSwzhjt6NgtxLkjTQnIyS7sHzeBUtAS64X-yJv5AZURklyzA5Xunrprft73PhvdK5SWPPVTnvw",
    ),
    (
        "eight bytes of padding and garbage behind (Bleichenbacher)",
        false,
        "THtM_X5OnghT0P0cD3e5yKgjiu1yf6RWmX6k3INCSK36rsR3Zj651A6_x1QTUPDiIINbGz6iaJUuS0JZSyyZdIpOfwxCTBtxS5MpbKuRCPHLIfKal7vmISjAqkls7vA_lBF6p_M3qDGa67C1f_I2rNT77Lx7HGBoV5yl0fwK_lNN9WtlDif5uzuY8CTqPRVduPoU_eKCMVnwclA4-evmKKHO5sgcOUDxmBCMVecgGKQALkcFbki0SrXLJt-0a9_sFlkOHf5J6aeJ8Wde0pEiEVAhT0t-9ffIFRjNSSNNOkDIkQj8OScFhrFhF2TkWrWC-b9b6IC6mk04Oug82nfgHw",
    ),
    (
        "one byte of padding fewer, two zeros behind it",
        false,
        "K2kQLv8OkIrJucuWbV5qzYoJ48qq6tmEjIGOZv0l2XKk8t2RDfhOWsUmJ8XWono3po1x8cWUGgYyc2UCjhoVsfaqtFfMPBkX8WRh9YrnXzrryOwF_rMqks8NKiMTFUPAovdJW3qGQYLKTCpZy2xE07afAbGqOi7z0JmtAx_LO3wFDTI_naztjtXY5tHx5FkAUEqBysM8fluVZm4CieeSQT-oHXztCdsDooLkqTSGnQHQLC7tSkfB1I2sFC8otPqztpOGkpeGeolFLJ3_CAXzjuxMy_zyhQaUz4QqpxhcQG4bZhNex53fMLqmung8I-Qzw4xdWzwFqcNQOx__Gtv1wQ",
    ),
    (
        "a byte of padding that is not ff",
        false,
        "StW4p2Ux2dLbkyIcepuxpIGA-C-xtJD6K_1qrSEEXtsvDB2Ktx4Xcd7QdkYA-B1Vpy_9qU6f3q2nx_-fkx4RdTFXJxAQkH-sLxyGM7JOS1Webg5y47m4UMd2sYaxzgwD0psX-CS1VPApzJnuVfJURVaHuIEbUplCSSKZ2MOzi76UuUsDQ0Z0WpHu-qxPjhO9D5uz2rXMr5TAAsgb582xjYoyRQl_KIGf9Ok-Vn1SrOpj0ejVsS944walS2VfHi64JeQ5_COvIH0rVIgo9mJwHrPWGSYF_Mcle9N71RsSEW3P-zEIvOeuDwspxbe6KoHLP5dZz27sCs5RKx0HE0jMvA",
    ),
    (
        "padding of zeros, as in block type 0",
        false,
        "OMRv_5QBYjL7HrjIAEoCRjoubvfyfq4QJBJ9OwVt15oImsXQIPATCq3DHf0ZYWuNp86EtwUOYtcVqk1GrOOh4Y6vb-yLtskonKZWtGPFtpGM6Tmk9S2ac-cJcXodUvlUO137uKRD9ArNZsl4CDlJcSCd9t23iFYLZMnkrXsY0lJVaaGAuohHpJN5cHjz6F6vLAkzWZz0w4tmu-szkCXYUQlmGZme7aIya9mZAr90t03NeLeVT0gkyd6E46_SxORvABQhZ1DH_10M98GwYy31PfmdT72ljCpcB9QdqYzOdX4tJ_dRka3U4hGU0n8QBzb8NceMJsVIOX8JY344IZTjdQ",
    ),
    (
        "block type 2",
        false,
        "aInBGpBifykseWzj214pUX8VB5mCZ-SnLOOJGYVEJVvepFJ6uyhF-NmdIZ4nzS_7H_AoOchvnMQFRAqt8pYQD96qHMb0Hyzq9FyJCufeIwjaEZXphW21goiFDXg7XezLMDnCfgLdMWrneOJYqaJ2H2Zp-dW2XmrfgApcckeJK3PAq2HMtmNTMl07FY9b3MSaNGXz30uXIn5mgm9MZFu4kuG9lDfwncVp6NfKJr7VhtVdFY8cWlYPidptI2EFNPadjSLtCbr67Xb23hUO4pXvP4lIr6Al2MdpbDmi2lsU4bu49n-kajt1AN2cEqp94rv7nitt8IEU4fkqOE1_7ctNtw",
    ),
    (
        "no zero behind the padding",
        false,
        "bf7PTTQdSdthF_wgue7S2tUNa2ITcuI7BL8Z_GcdLSS46Xg8yv_Qia0MNQXCXrfOHWJjDCqYiJiPcoeWjqL2Z0Tcv3vd66KOZtcBf65Owg1KKPhrB1be_yAaN43FdzUmjJtx724TUqKFlvEvSdJumjijkKHWWVUJHAFhd9AT0hidJsfdGhX8zX80of8R15hWbu5Y1KEkyvPdTZduUyCaEWAE9EaM8bYEVs5HwLjrOFFB0Up2K4nLzLw6r-nVH9Y25Nisv39UPzYodbJjHilgyi5sSAcrDiNbB4FoljrMbqezx_mqLjRFv0iVv5PZ4TlbVTFIfFZHYJXQVJ9_FgSIQQ",
    ),
    (
        "no leading zero of the block",
        false,
        "G0shRe22Z3p96dunO0LHvKqKAgCRbQO4Obxv6C5aiwVybopJZ9O5cCtkX39MR3-AI22J7qv7MtnSSSyiM-QKezsEr4BpRNVPDDhbI3_yoI8HJZdnAc2ZuPxIr9WcQ4oCm1R6HOviFxR95CgQ5KU6igRe56zXdjMSPLAKYKFpPltl6l2lNY10J1puqgYWN06ic4Y2Bsk_zy8EpGia-qGciNqzcj0dfuS41yHXsRcUV_hMurLpT0B-QPSmXpApkTMg5Z3khYKFeV1PGNaBnJZhlnWgkL3VAXhoXZcBX9a0Hgx_ZbmAtpYSiugqdrrj3hhEtFHqxRPGzWodDZWeClPA7w",
    ),
    (
        "a zero byte in front",
        false,
        "AJZPdFU9R7tMjFPD3rPBgBKFUTy57UB1E2n9ohwh3LBvvBeSoVmlzaRwudiFoqxuny5OTykQnoRuFqxwbYY7XM_F7dOyhUMvyREXbH9uYD8b3mm9ISPLuY-tWNsZkXdhSGsy0hFDEOiJKMrYczu6B4ky2Mau_40KKnPJuZFsXAE_4rPz1xg4yj148T9sa0O5DJph1M5DZWCJE0y3A8hRN-n5p8MjlXE-3KoEm3E3ktjorC98PGmZa-ww1FoAoZbfjd2oAGhcgwmwM-uU4TKRDjzHklOow6qxJEXe4k0LN0tShsUadeaLMelv0CMSeV4Is2gBI3-aUzns91G5gilloVo",
    ),
    (
        "a zero byte behind",
        false,
        "lk90VT1Hu0yMU8Pes8GAEoVRPLntQHUTaf2iHCHcsG-8F5KhWaXNpHC52IWirG6fLk5PKRCehG4WrHBthjtcz8Xt07KFQy_JERdsf25gPxveab0hI8u5j61Y2xmRd2FIazLSEUMQ6IkoythzO7oHiTLYxq7_jQoqc8m5kWxcAT_is_PXGDjKPXjxP2xrQ7kMmmHUzkNlYIkTTLcDyFE36fmnwyOVcT7cqgSbcTeS2OisL3w8aZlr7DDUWgChlt-N3agAaFyDCbAz65ThMpEOPMeSU6jDqrEkRd7iTQs3S1KGxRp15osx6W_QIxJ5XgizaAEjf5pTOez3UbmCKWWhWgA",
    ),
    (
        "a byte cut off in front",
        false,
        "T3RVPUe7TIxTw96zwYAShVE8ue1AdRNp_aIcIdywb7wXkqFZpc2kcLnYhaKsbp8uTk8pEJ6EbhascG2GO1zPxe3TsoVDL8kRF2x_bmA_G95pvSEjy7mPrVjbGZF3YUhrMtIRQxDoiSjK2HM7ugeJMtjGrv-NCipzybmRbFwBP-Kz89cYOMo9ePE_bGtDuQyaYdTOQ2VgiRNMtwPIUTfp-afDI5VxPtyqBJtxN5LY6KwvfDxpmWvsMNRaAKGW343dqABoXIMJsDPrlOEykQ48x5JTqMOqsSRF3uJNCzdLUobFGnXmizHpb9AjEnleCLNoASN_mlM57PdRuYIpZaFa",
    ),
    (
        "a byte cut off behind",
        false,
        "lk90VT1Hu0yMU8Pes8GAEoVRPLntQHUTaf2iHCHcsG-8F5KhWaXNpHC52IWirG6fLk5PKRCehG4WrHBthjtcz8Xt07KFQy_JERdsf25gPxveab0hI8u5j61Y2xmRd2FIazLSEUMQ6IkoythzO7oHiTLYxq7_jQoqc8m5kWxcAT_is_PXGDjKPXjxP2xrQ7kMmmHUzkNlYIkTTLcDyFE36fmnwyOVcT7cqgSbcTeS2OisL3w8aZlr7DDUWgChlt-N3agAaFyDCbAz65ThMpEOPMeSU6jDqrEkRd7iTQs3S1KGxRp15osx6W_QIxJ5XgizaAEjf5pTOez3UbmCKWWh",
    ),
    ("empty", false, ""),
    (
        "all zeros",
        false,
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ),
    (
        "one",
        false,
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ",
    ),
    (
        "modulus - 1",
        false,
        "nJMGx1IyLPLULOGmqeqYJPVZgiPtcUl9Jtrx-3pInVlM5MbcpQeqzRcdKxQTD0_f9w2vCH9jSxNJz4_rhRwxj9lJ4tg1EepkWHf1Kkg5lSmFWTLIg08L2TPj33vNV3oaUZLmKzCaPAfZ-s_2PZJqEATUtM4DnMoFDjjvUGwtKrfpUkrvMt_XI32Ygsh2kg4VZ1gTXyPF7aUxnJmGRL_u_zXcc09baxgo9PIeY7nxsF-IhFXLVYDnkVPsNdyllbETUUa_kzbImCzNmCK-vH_S04IoL3v3sFMPnNKyeuBtmcgX4kU_ujWf8hwm1XdJPOlmsHS4Luy-9Pgrj_AVKIyOPA",
    ),
    (
        "the modulus",
        false,
        "nJMGx1IyLPLULOGmqeqYJPVZgiPtcUl9Jtrx-3pInVlM5MbcpQeqzRcdKxQTD0_f9w2vCH9jSxNJz4_rhRwxj9lJ4tg1EepkWHf1Kkg5lSmFWTLIg08L2TPj33vNV3oaUZLmKzCaPAfZ-s_2PZJqEATUtM4DnMoFDjjvUGwtKrfpUkrvMt_XI32Ygsh2kg4VZ1gTXyPF7aUxnJmGRL_u_zXcc09baxgo9PIeY7nxsF-IhFXLVYDnkVPsNdyllbETUUa_kzbImCzNmCK-vH_S04IoL3v3sFMPnNKyeuBtmcgX4kU_ujWf8hwm1XdJPOlmsHS4Luy-9Pgrj_AVKIyOPQ",
    ),
    (
        "the modulus + 1",
        false,
        "nJMGx1IyLPLULOGmqeqYJPVZgiPtcUl9Jtrx-3pInVlM5MbcpQeqzRcdKxQTD0_f9w2vCH9jSxNJz4_rhRwxj9lJ4tg1EepkWHf1Kkg5lSmFWTLIg08L2TPj33vNV3oaUZLmKzCaPAfZ-s_2PZJqEATUtM4DnMoFDjjvUGwtKrfpUkrvMt_XI32Ygsh2kg4VZ1gTXyPF7aUxnJmGRL_u_zXcc09baxgo9PIeY7nxsF-IhFXLVYDnkVPsNdyllbETUUa_kzbImCzNmCK-vH_S04IoL3v3sFMPnNKyeuBtmcgX4kU_ujWf8hwm1XdJPOlmsHS4Luy-9Pgrj_AVKIyOPg",
    ),
    (
        "all ones",
        false,
        "_____________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________w",
    ),
    (
        "the valid one + the modulus, a byte longer",
        false,
        "ATLiexyPeeg_YIClhV2sGDd6qr7d2rG-kJDYlBecJU3JCPxZff6teHGH1wOZtbu-fyVb_jGQAc-BYHwAWQtXjl-fN7aKulUaLWmPYam2mdRFY8Lv6acaxWjhPLqVXs7bYrzFuDxzqySRAsWoaXlMcZk3rXt9AynUL4ICqOHYiSv3zAY-xksYoWD2icI04dXHIgG56C1nK04uROlQig0RJukvhDZy8NxXBZ72udTxhIlINLPSB78aU32EwI_dRyyQoS7uv_uTS6HdAYO3n-8Q4RBJuoMku1sEM-KxlMfrpOUanqdftaDA0duL9viJwpryGhh1266HEi7lIuGpl1HyL5c",
    ),
    (
        "modulus - the valid one",
        false,
        "BkOSchTqcaZH2R3H9ikYEnAIRWoAMNRpvN1P31hr7OmQzTQ7S2HdKKZjUo5wYuFAyL9f327ExqUzIx99_uDUwBNcDyWvzrqbR2CIqtnZVg2m73WnX4NSSYaLBGI74BjR5mAUGe2JU36xL_eDAdhihtH77h8ED7_amm81vv_RKXgGnlcYGqcM5gSnQ1wLTlUIzPY-kOBgjRweT-KCfG63FTw0sCvF-dlMSu2C8oJe13bcVNmO6-d7pSMX29wD_tGFc56_KtpFjnyZrI3die7ElrqV29M0BaHrVvPQLdU2TnWRHSrJ06puCKxWsmTP3uCzSHOUr1Jruws0PjaS_ybs4w",
    ),
    (
        "PSS, as in PS256",
        false,
        "NCDrCVWu0WxKxj-Q5nc1boAvgEP1HB7iLdUp3gVFzMGhovJPQ_m_t8yqgvwP42oU79J7Hn8FO4EaVLm3JKEJvKtMioMbZn6u05Tdb8TCumW7TAJzOEIvSg_rjf08p4RKs7Bphu1n-hHt0GKEVrEm5iSqh9XmfuY0C4hqWHl8uQ8GcVdya6txUNrQdPgJFduox4RvwIFIPlVQRKnKOD-ZDysig6vraSNCwqCjYxxjHhp2KYH2vTNAGivibY5Tf0OWX-v00_FIoWmUtHpY2oVVCspGkcjVW_hKgvukhscRtzNHaLUzNKeEZfmYWWfttgajlyLZcjiy0cy_9XIcR5m_Eg",
    ),
    (
        "the encoded block itself, unsigned",
        false,
        "AAH_____________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________________ADAxMA0GCWCGSAFlAwQCAQUABCC7WlL0L5ySYe1DYfWUIqHjADbnwysnDIgHpBn-ymBQIw",
    ),
];
