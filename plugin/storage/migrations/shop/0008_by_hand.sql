-- Who was put in or out of a segment by hand: every word stays, the latest counts. inside: 1 in,
-- 0 out, null the rule decides again; until: null = till another word.
create table by_hand (
  seq {serial},
  segment text not null,
  profile {int} not null references profiles (id) on delete cascade,
  inside {int},
  until {int},
  at {int} not null
) {strict};
create index by_hand_by_visitor on by_hand (profile);
create index by_hand_by_segment on by_hand (segment);
