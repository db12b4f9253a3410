-- A visitor and what we know of it; the columns are the fields of profile.Profile.
create table profiles (
  id {serial},
  visitor_id text not null unique,
  first_seen_at {int}, last_seen_at {int}, last_event_id text,
  sessions_total {int} not null default 0, session_started_at {int}, prev_seen_at {int},
  pageviews_total {int} not null default 0, product_views_total {int} not null default 0,
  cart_adds_total {int} not null default 0, searches_total {int} not null default 0,
  popup_closes_total {int} not null default 0, popup_submits_total {int} not null default 0,
  orders_total {int} not null default 0, units_total {real} not null default 0,
  revenue_total {int} not null default 0, refunds_total {int} not null default 0,
  first_order_at {int}, last_order_at {int},
  cart text not null default '[]', cart_items_now {int} not null default 0,
  cart_value_now {int} not null default 0, cart_updated_at {int}, checkout_started_at {int},
  device text, browser text, in_app_browser text, language text, country text,
  channel_first text, channel_last text, source_first text, source_last text, campaign_last text,
  landing_page text, last_item_id text, last_category text, affinities text not null default '{}',
  customer_id text, email text, identified {int} not null default 0,
  declared text not null default '{}'
) {strict};
create index profiles_by_last_seen on profiles (last_seen_at);
create index profiles_by_customer on profiles (customer_id) where customer_id is not null;

-- What the visitor or the shop declared, one row a trait, as rules read it.
create table declared (
  profile {int} not null references profiles (id) on delete cascade,
  trait text not null,
  folded text,
  number {real},
  truth {int},
  primary key (profile, trait)
) {bare};
create index declared_by_trait on declared (trait, folded);

-- The log. live = 0: kept, but another event says the same purchase better.
create table events (
  seq {serial},
  event_id text not null unique,
  profile {int} not null references profiles (id) on delete cascade,
  name text not null,
  at {int} not null,
  day {int} not null,
  received_at {int} not null,
  live {int} not null default 1,
  adjusted {int} not null default 0,
  source text not null,
  currency text,
  value {int},
  transaction_id text,
  params text not null default '{}',
  items text not null default '[]'
) {strict};
create index events_by_visitor on events (profile, name, at);
create index events_by_day on events (day, name, profile);
create index events_by_name on events (name, at, profile);
create index events_by_order on events (transaction_id) where transaction_id is not null;

-- Known bots: kept apart, in no profile, segment or report.
create table bot_events (
  event_id text not null primary key,
  name text not null,
  at {int} not null,
  params text not null default '{}'
) {bare};

-- One row a purchase, whoever told of it: the winner of all that were told.
create table orders (
  transaction_id text not null primary key,
  event_id text not null,
  profile {int} not null references profiles (id) on delete cascade,
  at {int} not null,
  day {int} not null,
  currency text not null,
  value {int} not null,
  confirmed {int} not null default 0,
  refunded {int} not null default 0
) {bare};
create index orders_by_day on orders (day);
create index orders_by_profile on orders (profile, at);

-- One row a product line of a live event, for rankings and neighbours.
create table item_events (
  event_id text not null,
  place {int} not null,
  profile {int} not null references profiles (id) on delete cascade,
  item_id text not null,
  name text not null,
  at {int} not null,
  quantity {real} not null,
  value {int},
  primary key (event_id, place)
) {bare};
create index item_events_by_item on item_events (item_id, name, at);
create index item_events_by_visitor on item_events (profile, name, at);
create index item_events_by_time on item_events (name, at, item_id);

-- The catalogue; learnt = 1: known from events only, no feed has named it.
create table items (
  item_id text not null primary key,
  name text, url text, image text,
  price {int}, sale_price {int}, currency text,
  availability text not null default 'in_stock',
  category text, brand text, tags text not null default '[]',
  group_id text, description text, cost {int},
  learnt {int} not null default 0,
  created_at {int} not null,
  updated_at {int} not null
) {bare};
create index items_by_url on items (url);

-- Lists that the clock makes: best sellers of the shop, favourites of a segment.
create table rankings (
  strategy text not null,
  scope text not null,
  item_id text not null,
  score {real} not null,
  primary key (strategy, scope, item_id)
) {bare};

create table segments (
  slug text not null primary key,
  name text not null,
  kind text not null default 'rule',
  rule text not null,
  enabled {int} not null default 1,
  version {int} not null default 1,
  size {int} not null default 0,
  error text,
  created_at {int} not null,
  updated_at {int} not null
) {bare};

create table memberships (
  segment text not null,
  profile {int} not null references profiles (id) on delete cascade,
  entered_at {int} not null,
  version {int} not null,
  primary key (segment, profile)
) {bare};
create index memberships_by_visitor on memberships (profile);

-- Every entering (entered = 1) and leaving: when it was due, when it was noticed, why.
create table transitions (
  seq {serial},
  segment text not null,
  profile {int} not null references profiles (id) on delete cascade,
  entered {int} not null,
  due_at {int} not null,
  noticed_at {int} not null,
  cause text not null,
  version {int} not null
) {strict};
create index transitions_by_segment on transitions (segment, noticed_at);
create index transitions_by_visitor on transitions (profile, noticed_at);

-- Whose answer may have changed: by an event (dirty), or by the passing of time (next_check).
create table dirty (
  profile {int} not null primary key references profiles (id) on delete cascade,
  mark {int} not null default 1
) {bare};
create table checks (
  profile {int} not null primary key references profiles (id) on delete cascade,
  next_check {int} not null
) {bare};
create index checks_by_time on checks (next_check);

-- Popups and windows: the documents the owner edits, as the contract describes them.
create table campaigns (
  kind text not null,
  slug text not null,
  body text not null,
  enabled {int} not null default 1,
  created_at {int} not null,
  updated_at {int} not null,
  primary key (kind, slug)
) {bare};

-- Who saw which campaign, or would have (control), and what came of it.
create table exposures (
  kind text not null,
  slug text not null,
  profile {int} not null references profiles (id) on delete cascade,
  arm text not null,
  first_at {int} not null,
  last_at {int} not null,
  views {int} not null default 0,
  dismissals {int} not null default 0,
  clicks {int} not null default 0,
  submits {int} not null default 0,
  primary key (kind, slug, profile)
) {bare};
create index exposures_by_visitor on exposures (profile);

-- What people left in forms and questions.
create table answers (
  seq {serial},
  popup text not null,
  profile {int} not null references profiles (id) on delete cascade,
  at {int} not null,
  fields text not null
) {strict};

-- How the last run of each job on the clock went.
create table jobs (
  name text not null primary key,
  started_at {int} not null,
  ended_at {int},
  ok {int},
  said text not null default ''
) {bare};

-- How far an import of a file has come, so that it can go on.
create table imports (
  digest text not null primary key,
  kind text not null,
  source text not null,
  events {int} not null default 0,
  kept {int} not null default 0,
  refused text not null default '{}',
  done {int} not null default 0,
  updated_at {int} not null
) {bare};

-- Facts about the store itself: "generation" rises when an owner's document changes.
create table facts (
  name text not null primary key,
  value text not null
) {bare};
insert into facts (name, value) values ('generation', '1');
