-- What else is in a product's category; read when similar products are asked for.
create index items_by_category on items (category) where category is not null;
