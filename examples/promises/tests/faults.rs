//! Every row of the table of faults, on both transports: the typed results, what the server saw, and
//! the page that says so.
use std::collections::BTreeSet;

use clerk_promises::{Figure, Joined, PAGE, Table, marked};

#[test]
fn both_transports_give_the_result_of_each_row() {
    let table = Table::run().unwrap();
    let mut figure = Figure::of(19);
    for problem in &table.problems {
        figure.require(false, || problem.clone());
    }
    for difference in table.rows.iter().filter_map(Joined::difference) {
        figure.require(false, || difference);
    }
    let numbers: BTreeSet<u8> = table.rows.iter().map(|joined| joined.row.number).collect();
    // The black hole is a queue that is full, which only Linux is known to have.
    let wanted = (1..=46).filter(|number| *number != 2 || cfg!(target_os = "linux"));
    figure.require(numbers.iter().copied().eq(wanted), || format!("not all rows: {numbers:?}"));
    let varying = table.rows.iter().filter(|joined| joined.row.varies.is_some()).count();
    let given_up = table.rows.iter().filter(|joined| joined.row.number == 45).count();
    figure.print(&format!(
        "{} of 46 faults as {} rows, {} runs on 3 drivers; 0 differences but in {given_up} rows about \
         giving up and {varying} with another reason beside them",
        numbers.len(),
        table.rows.len(),
        table.runs,
    ));
    if cfg!(target_os = "linux") {
        let page = std::fs::read_to_string(PAGE).unwrap();
        assert_eq!(marked(&page).unwrap().1, table.page(), "the page is out of date: see its mark");
    }
}
