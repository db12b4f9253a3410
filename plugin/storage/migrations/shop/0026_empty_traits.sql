-- An empty text is a text. One that was declared is declared: rules read it beside the others.
insert into declared (profile, trait, folded)
select p.id, d.key, ''
from profiles p cross join json_each(p.declared{json}) d
where p.declared like '%["",%' and cast(d.value as text) like '["",%';

-- Params were kept as they came and are read so from now on, and who was in a segment by the old
-- meaning is asked about anew. Fields of items that came empty were not kept: these stay unset.
insert into backfills (segment, began_at)
select slug, updated_at from segments where kind = 'rule' and enabled = 1
on conflict (segment) do nothing;
