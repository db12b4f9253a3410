-- What of a change is good news for those who waited: 1 the product is there again, 2 it costs less
-- by a twentieth or more. 0: anything else.
alter table item_states add column news {int} not null default 0;

update item_states set news = coalesce((
  select case
    when o.availability = 'out_of_stock' and item_states.availability <> 'out_of_stock' then 1
    when coalesce(o.currency, '') = coalesce(item_states.currency, '')
      and 100 * case when item_states.sale_price < item_states.price
                     then item_states.sale_price else item_states.price end
        <= 95 * case when o.sale_price < o.price then o.sale_price else o.price end
      then 2
    else 0 end
  from item_states o
  where o.item_id = item_states.item_id and o.at < item_states.at
  order by o.at desc
  limit 1
), 0);
create index item_states_by_news on item_states (at, item_id) where news > 0;

-- What is for sale, by when it came, by what it costs now and by how much it is reduced.
create index items_by_newness on items (created_at, item_id, category, brand)
where availability in ('in_stock', 'preorder');
create index items_by_price on items (
  currency, (case when sale_price < price then sale_price else price end), item_id
) where availability in ('in_stock', 'preorder');
create index items_by_discount on items (
  (cast(price - sale_price as {real}) / price), item_id, category, brand
) where sale_price < price and availability in ('in_stock', 'preorder');
