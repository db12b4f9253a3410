-- What was done to popups and windows by their verdicts alone, with what was known then, and when the
-- owner let that be done (act = 'let'). was: the document's keys before; undone_at: taken back.
create table campaign_acts (
  seq {serial},
  kind text not null,
  slug text not null,
  act text not null,
  at {int} not null,
  was text not null default '{}',
  figures text,
  undone_at {int}
) {strict};
create index campaign_acts_by_campaign on campaign_acts (kind, slug, seq);
