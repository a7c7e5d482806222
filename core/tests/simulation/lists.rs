//! Lists that change while they are walked: what is given twice, what is missed, where it ends.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bytes::Bytes;
use clerk_core::{
    Config, Error, Event, Flow, Moment, Outgoing, Page, Paged, Pages, Position, RetryPolicy, Step,
    api::{
        api_keys::GetApiKeys, organizations::ListOrganizations, redirect_urls::ListRedirectUrls,
        users::GetUserList,
    },
};
use http::{Request, Response};
use serde_json::{Value, json};

use self::own::ListThings;
use crate::{
    seeds,
    server::{Fate, Plan, Weather},
    world::{Dice, Heard, Play, Running, Told, World},
};

pub(crate) mod own;

/// A page, and where the list goes on: always known.
type Given = (Option<Result<Vec<String>, Error>>, Position);

/// The pages of a list whose items have an id.
struct Walk<O: Paged> {
    pages: Pages<O>,
    id: fn(&O::Item) -> &str,
}

impl<O: Paged> Flow for Walk<O>
where
    Pages<O>: Flow<Output = Option<Result<Page<O::Item>, Error>>>,
{
    type Output = Given;

    fn advance(&mut self, event: Event, now: Moment) -> Step<Given> {
        let page = match self.pages.advance(event, now) {
            Step::Send(outgoing) => return Step::Send(outgoing),
            Step::Wait(time) => return Step::Wait(time),
            Step::Done(page) => page,
        };
        let position = self.pages.position().clone();
        let ids = page.map(|page| {
            page.map(|page| {
                assert!(!page.items.is_empty(), "an empty page is given");
                assert_eq!(page.next, position);
                page.items.iter().map(|item| (self.id)(item).to_owned()).collect()
            })
        });
        Step::Done((ids, position))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A bare array, newest first or oldest first, by cursor.
    Users { oldest_first: bool },
    /// The same in another order, by offset.
    UsersByName,
    /// `data` and `total_count`.
    Organizations,
    /// One or the other, as the server likes; asked for with `paginated=true`.
    RedirectUrls { bare: bool },
    /// At most a hundred, with a total.
    ApiKeys,
    /// An operation that this crate does not have: a cursor, and a total as well.
    Own,
}

impl Shape {
    fn has_cursor(self) -> bool {
        matches!(self, Self::Users { .. } | Self::Own)
    }

    fn has_total(self) -> bool {
        matches!(
            self,
            Self::Organizations | Self::ApiKeys | Self::Own | Self::RedirectUrls { bare: false }
        )
    }

    fn item(self, id: &str) -> Value {
        match self {
            Self::Users { .. } | Self::UsersByName => json!({
                "id": id, "object": "user", "has_image": false, "password_enabled": false, "two_factor_enabled": false,
                "totp_enabled": false, "backup_code_enabled": false, "banned": false, "locked": false, "updated_at": 1,
                "created_at": 1, "delete_self_enabled": true, "create_organization_enabled": true,
            }),
            Self::Organizations => json!({
                "object": "organization", "id": id, "name": "x", "slug": "x", "has_image": false,
                "max_allowed_memberships": 1, "admin_delete_enabled": true, "public_metadata": {}, "created_at": 1,
                "updated_at": 1,
            }),
            Self::Own => json!({ "id": id }),
            Self::RedirectUrls { .. } => json!({
                "object": "redirect_url", "id": id, "url": "x", "created_at": 1, "updated_at": 1,
            }),
            Self::ApiKeys => json!({
                "object": "api_key", "id": id, "type": "api_key", "subject": "user_1", "name": "abc", "claims": null,
                "scopes": [], "revoked": false, "revocation_reason": null, "expired": false, "expiration": null,
                "created_by": null, "last_used_at": null, "created_at": 1, "updated_at": 1,
            }),
        }
    }
}

/// How the server lies, if it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    None,
    /// Fewer items than asked for, but never none.
    ShortPages,
    TotalTooHigh,
    TotalZero,
    /// Always the first page.
    SamePage,
    /// Nothing at all behind the first page, whatever the total says.
    EmptyEarly,
}

struct Walker {
    limit: u64,
    starts: u32,
    given: Vec<String>,
    /// What was there when it began and still is.
    stable: BTreeSet<String>,
    /// How many were added and deleted in front of what the server had given, since it began.
    added: usize,
    deleted: usize,
    /// How far the server has gone for it, by offset.
    reached: usize,
    /// The bodies that it was given, the last one first.
    bodies: [String; 2],
    is_over: bool,
    /// Whether nothing but the end was left to do.
    ended_on_repeat: bool,
}

pub(crate) struct Lists {
    shape: Shape,
    lie: Lie,
    config: Config,
    weather: Weather,
    /// In the order of the list: where an item stands for ever, and its id.
    items: BTreeMap<i64, String>,
    /// Also of those that were deleted.
    ranks: BTreeMap<String, i64>,
    made: u64,
    walkers: Vec<Walker>,
    changes: Dice,
    /// Of a hundred changes, how many add something; the others delete.
    adds: u64,
    figures: Figures,
}

#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    walks: u64,
    pages: u64,
    items: u64,
    resumed: u64,
    twice: u64,
    missed: u64,
    repeated_pages: u64,
}

fn walk<O: Paged + 'static>(
    operation: O,
    config: &Config,
    seed: u64,
    from: Option<Position>,
    id: fn(&O::Item) -> &str,
) -> Running<Given>
where
    Walk<O>: Flow<Output = Given>,
{
    let pages = Pages::new(operation, config, seed);
    let pages = match from {
        Some(position) => pages.starting_at(position),
        None => pages,
    };
    Box::new(Walk { pages, id })
}

impl Lists {
    fn flow(&self, limit: u64, seed: u64, from: Option<Position>) -> Running<Given> {
        let config = &self.config;
        match self.shape {
            Shape::Users { oldest_first } => {
                let list = GetUserList::new().limit(limit);
                let list = if oldest_first { list.order_by("+created_at") } else { list };
                walk(list, config, seed, from, |user| user.id.as_str())
            }
            Shape::UsersByName => {
                let list = GetUserList::new().limit(limit).order_by("username");
                walk(list, config, seed, from, |user| user.id.as_str())
            }
            Shape::Organizations => {
                let list = ListOrganizations::new().limit(limit);
                walk(list, config, seed, from, |organization| organization.id.as_str())
            }
            Shape::RedirectUrls { .. } => {
                let list = ListRedirectUrls::new().limit(limit);
                walk(list, config, seed, from, |url| url.id.as_str())
            }
            Shape::Own => {
                let list = ListThings { after: None, limit };
                walk(list, config, seed, from, |thing| thing.id.as_str())
            }
            Shape::ApiKeys => {
                let list = GetApiKeys::new("user_1").limit(limit);
                walk(list, config, seed, from, |key| key.id.as_str())
            }
        }
    }

    fn add(&mut self, rank: i64) {
        self.made += 1;
        let id = format!("id_{}", self.made);
        let index = self.items.range(..rank).count();
        self.ranks.insert(id.clone(), rank);
        self.items.insert(rank, id);
        for walker in &mut self.walkers {
            walker.added += usize::from(index < walker.reached);
        }
    }

    fn delete(&mut self, rank: i64) {
        let index = self.items.range(..rank).count();
        let id = self.items.remove(&rank).unwrap();
        for walker in &mut self.walkers {
            walker.stable.remove(&id);
            walker.deleted += usize::from(index < walker.reached);
        }
    }

    /// The list changes, as lists of its order do: where items go by their creation, new ones are at one end.
    fn change(&mut self) {
        let ranks: Vec<_> = self.items.keys().copied().collect();
        if self.changes.percent(self.adds) {
            let (first, last) =
                (ranks.first().copied().unwrap_or(0), ranks.last().copied().unwrap_or(0));
            let rank = match self.shape {
                Shape::Own | Shape::Users { oldest_first: true } => {
                    self.ranks.values().max().copied().unwrap_or(0).max(last) + 1
                }
                Shape::Users { oldest_first: false } => {
                    self.ranks.values().min().copied().unwrap_or(0).min(first) - 1
                }
                _ => {
                    // Anywhere, but where something is or was.
                    let mut rank = first + self.changes.below((last - first + 2) as u64) as i64;
                    while self.ranks.values().any(|other| *other == rank) {
                        rank += 1;
                    }
                    rank
                }
            };
            self.add(rank);
        } else if !ranks.is_empty() {
            let rank = self.changes.pick(&ranks);
            self.delete(rank);
        }
    }

    fn check_end(&mut self) {
        for (number, walker) in self.walkers.iter().enumerate() {
            assert!(walker.is_over, "#{number} never ended");
            let given: BTreeSet<_> = walker.given.iter().cloned().collect();
            let twice = walker.given.len() - given.len();
            let missed = walker.stable.difference(&given).count();
            self.figures.walks += 1;
            self.figures.items += walker.given.len() as u64;
            self.figures.resumed += u64::from(walker.starts > 1);
            if matches!(self.lie, Lie::None | Lie::ShortPages) {
                if self.shape.has_cursor() {
                    assert_eq!((twice, missed), (0, 0), "#{number}: given {:?}", walker.given);
                    let ranks: Vec<_> = walker.given.iter().map(|id| self.ranks[id]).collect();
                    assert!(ranks.is_sorted(), "#{number} is out of order: {ranks:?}");
                } else if walker.ended_on_repeat {
                    self.figures.repeated_pages += 1;
                } else {
                    assert!(
                        twice <= walker.added,
                        "#{number}: {twice} twice, {} added",
                        walker.added
                    );
                    let most = walker.deleted;
                    assert!(missed <= most, "#{number}: {missed} missed, {most} deleted");
                }
                self.figures.twice += twice as u64;
                self.figures.missed += missed as u64;
            }
        }
    }
}

/// A parameter of a query, as a number or a text.
fn parameter<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    let query = request.uri().query().unwrap_or_default();
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

impl Play for Lists {
    type Output = Given;

    fn send(&mut self, world: &mut World<Given>, who: usize, _: &Outgoing) -> Fate {
        self.walkers[who].bodies[1].clear();
        let now = world.now();
        self.weather.fate(&mut world.dice, now)
    }

    fn arrive(
        &mut self,
        world: &mut World<Given>,
        who: usize,
        request: &Request<Bytes>,
        plan: &Plan,
    ) -> Response<Bytes> {
        let number = |name| parameter(request, name).map(|text| text.parse::<u64>().unwrap());
        let (limit, offset) = (number("limit").unwrap(), number("offset").unwrap_or(0) as usize);
        let walker = &mut self.walkers[who];
        assert_eq!(limit, walker.limit);
        assert!(
            !(request.uri().query().unwrap().contains("offset=") && self.shape.has_cursor()),
            "by offset although there is a cursor"
        );
        let from = match parameter(request, "starting_after") {
            Some(id) => {
                let rank = self.ranks[id];
                self.items.range(..=rank).count()
            }
            None => offset,
        };
        let (mut limit, mut start) = (limit as usize, from);
        match self.lie {
            Lie::ShortPages => limit = 1 + world.dice.below(limit as u64) as usize,
            Lie::SamePage => start = 0,
            Lie::EmptyEarly if from > 0 => limit = 0,
            _ => {}
        }
        let slice: Vec<_> =
            self.items.values().skip(start).take(limit).map(|id| self.shape.item(id)).collect();
        walker.reached = walker.reached.max(from + slice.len());
        let total = match self.lie {
            Lie::TotalTooHigh => self.items.len() + 1000,
            Lie::TotalZero => 0,
            Lie::SamePage | Lie::EmptyEarly => 1_000_000,
            _ => self.items.len(),
        };
        let body = if self.shape.has_total() {
            json!({ "data": slice, "total_count": total }).to_string()
        } else {
            json!(slice).to_string()
        };
        if *plan == Plan::Fine {
            walker.bodies[1] = body.clone();
        }
        plan.answer(world.now(), &body)
    }

    fn replied(&mut self, _: &World<Given>, who: usize, heard: &Heard) {
        let walker = &mut self.walkers[who];
        if matches!(heard, Heard::Answer(Plan::Fine)) {
            walker.ended_on_repeat =
                walker.bodies[0] == walker.bodies[1] && walker.bodies[0].contains("\"id\"");
            walker.bodies[0] = std::mem::take(&mut walker.bodies[1]);
        }
    }

    fn done(
        &mut self,
        world: &mut World<Given>,
        who: usize,
        flow: Running<Given>,
        (page, position): Given,
    ) {
        let pause = world.dice.time(3000);
        let again = world.now() + pause;
        match page {
            None => {
                world.log(format_args!("#{who} is at the end, {position:?}"));
                self.walkers[who].is_over = true;
            }
            Some(Ok(ids)) => {
                world.log(format_args!("#{who} has {ids:?}, then {position:?}"));
                self.figures.pages += 1;
                let walker = &mut self.walkers[who];
                walker.given.extend(ids);
                assert!(walker.given.len() < 20_000, "#{who} goes on for ever");
                world.start(again, who, flow);
            }
            Some(Err(error)) => {
                world.log(format_args!("#{who} fails: {error}, {position:?}"));
                let walker = &mut self.walkers[who];
                walker.starts += 1;
                assert!(walker.starts < 10_000, "#{who} never gets anywhere");
                walker.bodies[0].clear(); // Who starts again remembers no page.
                // Some keep the place and start again; it is no place to lose something at.
                let kept = serde_json::to_string(&position).unwrap();
                let position = serde_json::from_str(&kept).unwrap();
                let (limit, seed) = (walker.limit, world.dice.next());
                let flow = self.flow(limit, seed, Some(position));
                world.start(again + Duration::from_secs(1), who, flow);
            }
        }
    }

    fn note(&mut self, world: &mut World<Given>, _: u64) {
        self.change();
        world.log(format_args!("the list has {} items", self.items.len()));
    }
}

const SHAPES: [Shape; 8] = [
    Shape::Users { oldest_first: true },
    Shape::Users { oldest_first: false },
    Shape::UsersByName,
    Shape::Organizations,
    Shape::RedirectUrls { bare: true },
    Shape::RedirectUrls { bare: false },
    Shape::ApiKeys,
    Shape::Own,
];

fn play(seed: u64, shape: Shape, lie: Lie) -> (Told, Figures) {
    let mut world = World::new("lists", seed);
    let mut dice = Dice::new(seed, 3);
    let length = 60_000;
    let mut weather = Weather::new(&mut dice, length);
    // It must be possible to get to the end.
    weather.trouble = weather.trouble.min(60);
    // A list is read with patience, or without.
    let retry = if dice.percent(50) { RetryPolicy::default() } else { RetryPolicy::none() };
    let config = Config::builder("sk_test_x").retry(retry).build().unwrap();
    let mut lists = Lists {
        shape,
        lie,
        config,
        weather,
        items: BTreeMap::new(),
        ranks: BTreeMap::new(),
        made: 0,
        walkers: Vec::new(),
        changes: Dice::new(seed, 4),
        adds: dice.pick(&[0, 50, 50, 90]),
        figures: Figures::default(),
    };
    for rank in 0..dice.below(40) {
        lists.add(rank as i64 * 1000);
    }
    for _ in 0..dice.pick(&[0, 0, 5, 25, 60, 200]) {
        world.note_at(dice.time(length), 0);
    }
    let limit = dice.pick(&[1, 2, 3, 7, 40, 100]);
    for who in 0..1 + dice.below(3) as usize {
        let flow = lists.flow(limit, dice.next(), None);
        lists.walkers.push(Walker {
            limit,
            starts: 1,
            given: Vec::new(),
            stable: lists.items.values().cloned().collect(),
            added: 0,
            deleted: 0,
            reached: 0,
            bodies: [String::new(), String::new()],
            is_over: false,
            ended_on_repeat: false,
        });
        world.start(Duration::ZERO, who, flow);
    }
    world.run(&mut lists);
    lists.check_end();
    (world.told(), lists.figures)
}

pub(crate) fn log(seed: u64) -> Told {
    play(seed, SHAPES[seed as usize % SHAPES.len()], Lie::None).0
}

#[test]
fn nothing_is_given_twice_or_missed_by_cursor() {
    let mut all = [Figures::default(); 2];
    for seed in seeds("lists", 25) {
        for shape in SHAPES {
            for lie in [Lie::None, Lie::ShortPages] {
                let (_, figures) = play(seed, shape, lie);
                let sum = &mut all[usize::from(!shape.has_cursor())];
                sum.walks += figures.walks;
                sum.pages += figures.pages;
                sum.items += figures.items;
                sum.resumed += figures.resumed;
                sum.twice += figures.twice;
                sum.missed += figures.missed;
                sum.repeated_pages += figures.repeated_pages;
            }
        }
    }
    for (name, sum) in ["by cursor", "by offset"].iter().zip(&all) {
        let Figures { walks, pages, items, resumed, twice, missed, repeated_pages } = sum;
        println!(
            "lists {name}: {walks} walks, {resumed} resumed, {pages} pages, {items} items; {twice} twice, {missed} \
             missed, {repeated_pages} ended by a page like the one before"
        );
    }
    assert!(all[0].items > 0 && all[0].resumed > 0);
    // By offset it does happen, or the changes do not reach what is walked.
    assert!(all[1].twice > 0 && all[1].missed > 0);
}

#[test]
fn lists_of_servers_that_lie_end() {
    let mut walks = 0;
    for seed in seeds("liars", 4) {
        for shape in SHAPES {
            for lie in [Lie::TotalTooHigh, Lie::TotalZero, Lie::SamePage, Lie::EmptyEarly] {
                walks += play(seed, shape, lie).1.walks;
            }
        }
    }
    println!("table 4.3 row 18 holds: {walks} walks against 4 lies, all end");
}
