-- Variants of one product as they were told: the catalogue itself has one row for all of them, whose
-- id (card) is that of one of them. family: what says that they belong together.
create table variants (
  item_id text not null primary key,
  family text not null default '',
  card text not null default '',
  name text, url text, image text,
  price {int}, sale_price {int}, currency text,
  availability text not null default 'in_stock',
  category text, brand text, tags text not null default '[]',
  group_id text, description text, cost {int},
  learnt {int} not null default 0,
  created_at {int} not null,
  updated_at {int} not null
) {bare};
create index variants_by_family on variants (family);
create index variants_by_card on variants (card);

-- Which row of the catalogue an id means that is not its own, and which variant (empty: none).
create table item_names (
  name text not null primary key,
  item_id text not null,
  variant text not null default ''
) {bare};
create index item_names_by_item on item_names (item_id);

-- The catalogue of before: of each group the first that can be bought stands for all.
insert into variants (item_id, family, card, name, url, image, price, sale_price, currency,
                      availability, category, brand, tags, group_id, description, cost,
                      created_at, updated_at)
select item_id, group_id, item_id, name, url, image, price, sale_price, currency, availability,
       category, brand, tags, group_id, description, cost, created_at, updated_at
from items where learnt = 0 and group_id is not null and group_id <> '';
update variants set card = coalesce(
  (select min(o.item_id) from variants o
   where o.family = variants.family and o.availability in ('in_stock', 'preorder')),
  (select min(o.item_id) from variants o
   where o.family = variants.family and o.availability <> 'removed'),
  (select min(o.item_id) from variants o where o.family = variants.family)
);
insert into item_names (name, item_id, variant) select item_id, card, item_id from variants;
insert into item_names (name, item_id)
select distinct v.family, v.card from variants v
where not exists (select 1 from item_names n where n.name = v.family)
  and not exists (select 1 from items i where i.item_id = v.family and i.learnt = 0);
update item_events set item_id = (select n.item_id from item_names n where n.name = item_events.item_id)
where item_id in (select n.name from item_names n where n.name <> n.item_id);
delete from items where item_id in (select v.item_id from variants v where v.item_id <> v.card);
delete from items where learnt = 1 and item_id in (select n.name from item_names n);
delete from locations;
delete from facts where name = 'catalogue';
