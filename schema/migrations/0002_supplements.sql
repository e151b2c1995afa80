-- Documents may be the supporting information of another one.
ALTER TABLE documents ADD COLUMN supplement_of TEXT;
ALTER TABLE documents ADD COLUMN mined_with TEXT;
CREATE INDEX documents_by_main_text ON documents (supplement_of) WHERE supplement_of IS NOT NULL;

-- A protective layer as one document tells of it, and what it says of it besides numbers.
CREATE TABLE coatings (
  id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  components TEXT NOT NULL CHECK (json_valid(components)),
  cited_ref TEXT,
  UNIQUE (document_id, ordinal)
) STRICT;

CREATE TABLE traits (
  id INTEGER PRIMARY KEY,
  coating_id INTEGER NOT NULL REFERENCES coatings (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('process', 'substrate', 'product', 'mechanism')),
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  material_id INTEGER REFERENCES materials (id),
  mentions INTEGER NOT NULL CHECK (mentions > 0),
  passage_id INTEGER REFERENCES passages (id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  start_offset INTEGER NOT NULL CHECK (start_offset >= 0),
  end_offset INTEGER NOT NULL CHECK (end_offset > start_offset),
  UNIQUE (coating_id, kind, name)
) STRICT;
CREATE INDEX traits_by_name ON traits (kind, name);
CREATE INDEX traits_by_material ON traits (material_id) WHERE material_id IS NOT NULL;
CREATE INDEX traits_by_passage ON traits (passage_id);

CREATE TABLE coating_measurements (
  measurement_id INTEGER PRIMARY KEY REFERENCES measurements (id) ON DELETE CASCADE,
  coating_id INTEGER NOT NULL REFERENCES coatings (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX coating_measurements_by_coating ON coating_measurements (coating_id);

PRAGMA user_version = 2;
