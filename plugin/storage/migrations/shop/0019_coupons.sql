-- Coupon pools: the owner's document, the bounds it sets, and how much of them is used. Changed under
-- a lock of the pool's row, so that claims of one moment cannot overspend it together.
create table coupon_pools (
  slug text not null primary key,
  body text not null,
  kind text not null,
  enabled {int} not null default 1,
  until_at {int},
  most_codes {int},
  most_money {int},
  worth {int} not null default 0,
  free {int} not null default 0,
  given {int} not null default 0,
  held {int} not null default 0,
  spent {int} not null default 0,
  created_at {int} not null,
  updated_at {int} not null
) {bare};

-- Every code that is ours, compared without regard to case; given_at null: nobody has it yet.
create table coupon_codes (
  seq {serial},
  pool text not null references coupon_pools (slug) on delete cascade,
  code text not null,
  folded text not null unique,
  created_at {int} not null,
  given_at {int}
) {strict};
create index coupon_codes_free on coupon_codes (pool, seq) where given_at is null;
create index coupon_codes_by_pool on coupon_codes (pool, seq);

-- Who got which code in which popup. It outlives the person, so that a code is not given out twice.
create table coupon_claims (
  seq {serial},
  pool text not null references coupon_pools (slug) on delete cascade,
  popup text not null,
  profile {int} references profiles (id) on delete set null,
  code text not null,
  folded text not null,
  worth {int} not null,
  given_at {int} not null,
  expires_at {int},
  state text not null default 'open'
) {strict};
create index coupon_claims_by_person on coupon_claims (profile, popup);
create index coupon_claims_by_code on coupon_claims (folded);
create index coupon_claims_by_end on coupon_claims (expires_at) where state = 'open';

-- How many codes each network got on a day, under a keyed hash that goes with its day.
create table coupon_networks (
  day {int} not null,
  pool text not null,
  network text not null,
  given {int} not null,
  primary key (day, pool, network)
) {bare};

-- Codes that orders name; pool null: none of ours. back = 1: the order went back as a whole;
-- counts = 0: a code for one order, and another order had it first.
create table redemptions (
  seq {serial},
  transaction_id text references orders (transaction_id) on delete set null,
  code text not null,
  folded text not null,
  pool text,
  claim {int},
  at {int} not null,
  value {int} not null,
  back {int} not null default 0,
  counts {int} not null default 1,
  unique (transaction_id, folded)
) {strict};
create index redemptions_by_code on redemptions (folded);
create index redemptions_by_pool on redemptions (pool, at);

-- What a coupon took off an order that its value does not show; proof deducts it.
alter table orders add column cost {int} not null default 0;

-- How an answer came: the page, the language, the consent texts as they were shown, where from.
alter table answers add column page text;
alter table answers add column language text;
alter table answers add column consents text not null default '[]';
alter table answers add column source text not null default '{}';
create index answers_by_popup on answers (popup, seq);
create index answers_by_person on answers (profile);

alter table hooks add column leads {int} not null default 0;
