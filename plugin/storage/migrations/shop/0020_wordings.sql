-- What a product line says of its product, once however many lines say it: rules over all that was
-- ever viewed ask these and the lines, and need not read the events.
create table wordings (
  id {int} not null primary key,
  item_id text not null,
  name text,
  brand text,
  category text,
  variant text,
  price {int},
  currency text
) {bare};
alter table item_events add column wording {int} not null default 0;

-- The lines of before: what each said, as members of a JSON list, told apart by their text.
create table told (
  profile {int} not null,
  name text not null,
  at {int} not null,
  event_id text not null,
  place {int} not null,
  said text not null,
  primary key (profile, name, at, event_id, place)
) {bare};
insert into told (profile, name, at, event_id, place, said)
select l.profile, l.name, l.at, l.event_id, l.place,
  '[' || coalesce(cast(l.line{json} -> 'item_id' as text), 'null')
  || ',' || coalesce(cast(l.line{json} -> 'name' as text), 'null')
  || ',' || coalesce(cast(l.line{json} -> 'brand' as text), 'null')
  || ',' || coalesce(cast(l.line{json} -> 'category' as text), 'null')
  || ',' || coalesce(cast(l.line{json} -> 'variant' as text), 'null')
  || ',' || coalesce(cast(l.line{json} -> 'price' as text), 'null')
  || ',"' || coalesce(l.currency, '') || '"]'
from (
  select i.profile, i.name, i.at, i.event_id, i.place, e.currency,
    cast(e.items{json} -> cast(i.place as integer) as text) as line
  from events e cross join item_events i
  where e.items <> '[]' and i.profile = e.profile and i.name = e.name and i.at = e.at
    and i.event_id = e.event_id
) l;
create table told_once (said text not null primary key, id {int} not null) {bare};
insert into told_once (said, id)
select d.said, row_number() over () from (select distinct said from told) d;
insert into wordings (id, item_id, name, brand, category, variant, price, currency)
select id, said{json} ->> 0, said{json} ->> 1, said{json} ->> 2, said{json} ->> 3,
  said{json} ->> 4, cast(said{json} ->> 5 as {int}), nullif(said{json} ->> 6, '')
from told_once;
update item_events set wording = coalesce((
  select o.id from told t join told_once o on o.said = t.said
  where t.profile = item_events.profile and t.name = item_events.name
    and t.at = item_events.at and t.event_id = item_events.event_id
    and t.place = item_events.place
), 0);
drop table told;
drop table told_once;
