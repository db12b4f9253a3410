-- What the catalogue said of each product and when it changed: price, sale, stock, tags. A row only
-- where a feed or the shop's server told something new; what pages tell is not in it.
create table item_states (
  item_id text not null,
  at {int} not null,
  price {int}, sale_price {int}, currency text,
  availability text not null,
  tags text not null,
  primary key (item_id, at)
) {bare};

-- What is known today was so at least since it was last told.
insert into item_states (item_id, at, price, sale_price, currency, availability, tags)
select item_id, updated_at, price, sale_price, currency, availability, tags from items
where learnt = 0 and availability <> 'removed';
