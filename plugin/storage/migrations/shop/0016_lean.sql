-- Visitors and events of each day, for the owner's charts. One row a visitor and day, where an index
-- over all events had one a event: it cost every visit several pages.
drop index events_by_day;
create table day_visitors (
  day {int} not null,
  profile {int} not null,
  events {int} not null,
  primary key (day, profile)
) {bare};
insert into day_visitors (day, profile, events)
select day, profile, count(*) from events group by day, profile;

-- Product lines lie in the order of their visitors, which needs no index of its own.
create table item_lines (
  profile {int} not null references profiles (id) on delete cascade,
  name text not null,
  at {int} not null,
  event_id text not null,
  place {int} not null,
  item_id text not null,
  quantity {real} not null,
  value {int},
  primary key (profile, name, at, event_id, place)
) {bare};
insert into item_lines (profile, name, at, event_id, place, item_id, quantity, value)
select profile, name, at, event_id, place, item_id, quantity, value from item_events
order by profile, name, at, event_id, place;
drop table item_events;
alter table item_lines rename to item_events;
create index item_events_by_item on item_events (item_id, at, profile) where name = 'view_item';
create index item_events_by_time on item_events (name, at, item_id);
