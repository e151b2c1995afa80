PRAGMA application_id = 1281968962;
PRAGMA user_version = 1;
CREATE TABLE papers (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- [id] never given twice
  doi TEXT UNIQUE,                      -- [text] lower case; NULL where no document of the paper states it
  title TEXT NOT NULL DEFAULT '',       -- [text] as printed
  year INTEGER,                         -- [year] of publication
  journal TEXT NOT NULL DEFAULT '',     -- [text] as printed
  authors TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(authors)), -- [JSON] array of names, in print order
  licence TEXT NOT NULL DEFAULT ''      -- [text] as stated by the document
) STRICT;
CREATE TABLE documents (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- [id] never given twice
  paper_id INTEGER NOT NULL REFERENCES papers (id), -- [id] the paper this file is a format of
  path TEXT NOT NULL UNIQUE,            -- [text] where it was read, relative to the folder of the base
  source TEXT NOT NULL,                 -- [text] file name
  format TEXT NOT NULL,                 -- [text] "text", "markdown", ...
  sha256 TEXT NOT NULL UNIQUE,          -- [text] digest of the bytes of the file
  doi TEXT,                             -- [text] as this file states it, lower case
  title TEXT NOT NULL,                  -- [text] as this file states it
  title_key TEXT,                       -- [text] title folded for comparison; NULL where too short to tell papers apart
  year INTEGER,                         -- [year] as this file states it
  journal TEXT NOT NULL,                -- [text] as this file states it
  authors TEXT NOT NULL CHECK (json_valid(authors)), -- [JSON] array of names, as this file states them
  licence TEXT NOT NULL,                -- [text] as this file states it
  extractor_version TEXT NOT NULL,      -- [text] version of the extractor that mined it
  vocabulary TEXT NOT NULL,             -- [text] fingerprint of the vocabulary it was mined with
  original TEXT NOT NULL                -- [text] the text every offset points into: substr(original, start_offset + 1, ...)
) STRICT;
CREATE TABLE passages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- [id] never given twice
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE, -- [id] where it stands
  ordinal INTEGER NOT NULL,             -- [1] place in the document, from 0
  kind TEXT NOT NULL CHECK (kind IN ('title', 'heading', 'paragraph', 'caption', 'table', 'list', 'reference')), -- [text] what it is
  section TEXT NOT NULL,                -- [text] heading it stands under
  page INTEGER,                         -- [1] page, from 1; NULL where the format has none
  start_offset INTEGER NOT NULL,        -- [char] where it begins in the original
  end_offset INTEGER NOT NULL,          -- [char] where it ends in the original
  text TEXT NOT NULL,                   -- [text] clean characters, glyphs repaired
  UNIQUE (document_id, ordinal)
) STRICT;
CREATE TABLE materials (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- [id] never given twice
  name TEXT NOT NULL UNIQUE,            -- [text] short resolved name: PVDF, Cu3N
  material_class TEXT,                  -- [text] class in the vocabulary; NULL where it is not listed
  formula TEXT,                         -- [text] chemical formula; NULL where it has none (polymers, mixtures)
  composition TEXT CHECK (composition IS NULL OR json_valid(composition)), -- [JSON] object: element to atoms per formula unit
  elements TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(elements)) -- [JSON] array of element symbols, sorted
) STRICT;
CREATE TABLE systems (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- [id] never given twice
  key TEXT NOT NULL UNIQUE,             -- [JSON] what makes it one system: its components (or its name), substrate, strategy, process
  label TEXT NOT NULL,                  -- [text] for people: "PMMA/PVDF on Cu"
  substrate TEXT,                       -- [text] what it is laid on; NULL where not stated
  strategy TEXT NOT NULL,               -- [text] kind of protection: surface coating, 3D host, ...
  process TEXT                          -- [text] how it was made: electrospinning, ...; NULL where not stated
) STRICT;
CREATE TABLE system_components (
  system_id INTEGER NOT NULL REFERENCES systems (id) ON DELETE CASCADE, -- [id] the whole
  material_id INTEGER NOT NULL REFERENCES materials (id), -- [id] the part
  role TEXT NOT NULL CHECK (role IN ('component', 'substrate')), -- [text] what the part is in the whole
  PRIMARY KEY (system_id, material_id, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE experiments (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- [id] never given twice
  key TEXT NOT NULL UNIQUE,             -- [JSON] all columns below: two experiments differ in at least one
  paper_id INTEGER NOT NULL REFERENCES papers (id), -- [id] the paper that reports it
  system_id INTEGER NOT NULL REFERENCES systems (id), -- [id] the sample
  is_control INTEGER NOT NULL CHECK (is_control IN (0, 1)), -- [0/1] 1: the bare or unmodified sample of the paper
  cited_ref TEXT,                       -- [text] marker of the reference it is credited to; NULL where it is the paper's own
  current_density_mA_cm2 REAL,          -- [mA/cm^2] of plating or stripping
  areal_capacity_mAh_cm2 REAL,          -- [mAh/cm^2] plated or stripped a half-cycle
  cycles REAL,                          -- [1] how many cycles the result is given over
  cycle_first INTEGER,                  -- [1] first cycle of the range the result is given over
  cycle_last INTEGER,                   -- [1] last cycle of that range
  at_cycle REAL,                        -- [1] the cycle the result was read at
  c_rate REAL,                          -- [1/h] charge or discharge rate, C
  temperature_C REAL,                   -- [degC] of the test
  time_h REAL,                          -- [h] after which the result was read
  np_ratio REAL,                        -- [1] negative to positive capacity
  electrolyte TEXT,                     -- [text] as resolved: salt, solvent, additive
  electrolyte_class TEXT,               -- [text] ether, carbonate, LHCE, solid, ...
  cell TEXT                             -- [text] Li|Cu half, Li|Li symmetric, full <cathode>
) STRICT;
CREATE TABLE measurements (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- [id] never given twice; kept while the fact does not change
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE, -- [id] the file that states it
  experiment_id INTEGER NOT NULL REFERENCES experiments (id), -- [id] what was done to get it
  ordinal INTEGER NOT NULL,             -- [1] place among the measurements of its document, from 0
  fingerprint TEXT NOT NULL,            -- [text] digest of what the fact says; the same in every extraction
  metric TEXT NOT NULL,                 -- [text] controlled name in metrics.toml
  value REAL NOT NULL,                  -- [unit] of a range the smaller end
  value_max REAL CHECK (value_max >= value), -- [unit] the larger end of a range; else NULL
  qualifier TEXT NOT NULL CHECK (qualifier IN ('=', '~', '>', '>=', '<', '<=', 'range')), -- [text] how the value is bound
  unit TEXT NOT NULL,                   -- [text] controlled unit of the metric
  value_reported TEXT NOT NULL,         -- [text] characters in the document, before any repair
  unit_reported TEXT NOT NULL,          -- [text] characters in the document, before any repair
  subject TEXT NOT NULL,                -- [text] the sample as the paper names it here
  components TEXT NOT NULL CHECK (json_valid(components)), -- [JSON] array of short names, in the order of the record
  provenance TEXT NOT NULL CHECK (provenance IN ('measured', 'calculated', 'estimated', 'stated', 'cited')), -- [text] whose result
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1), -- [1] chance that the record is right
  conditions_far TEXT NOT NULL CHECK (json_valid(conditions_far)), -- [JSON] array of conditions carried over from elsewhere
  flags TEXT NOT NULL CHECK (json_valid(flags)), -- [JSON] array: glyph_repaired, out_of_range, conflicts_with:<id>, ...
  UNIQUE (document_id, ordinal),
  UNIQUE (document_id, fingerprint)
) STRICT;
CREATE TABLE evidence (
  measurement_id INTEGER PRIMARY KEY REFERENCES measurements (id) ON DELETE CASCADE, -- [id] what it is evidence for
  passage_id INTEGER REFERENCES passages (id) ON DELETE CASCADE, -- [id] where the sentence stands; NULL where the reader gave no passages
  text TEXT NOT NULL,                   -- [text] the sentence or table row, in clean characters
  start_offset INTEGER NOT NULL CHECK (start_offset >= 0), -- [char] where the number begins in the original
  end_offset INTEGER NOT NULL CHECK (end_offset > start_offset), -- [char] where the number ends in the original
  section TEXT NOT NULL,                -- [text] heading it stands under
  page INTEGER                          -- [1] page, from 1; NULL where the format has none
) STRICT;
CREATE TABLE citations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- [id] never given twice
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE, -- [id] whose reference list
  ordinal INTEGER NOT NULL,             -- [1] place in the list, from 0
  marker TEXT NOT NULL,                 -- [text] as printed: "61"
  authors TEXT NOT NULL,                -- [text] as printed
  title TEXT NOT NULL,                  -- [text] as printed
  journal TEXT NOT NULL,                -- [text] as printed
  year INTEGER,                         -- [year] of publication
  doi TEXT,                             -- [text] lower case
  text TEXT NOT NULL,                   -- [text] the whole entry
  UNIQUE (document_id, ordinal)
) STRICT;
CREATE TABLE rejections (
  id INTEGER PRIMARY KEY,               -- [id] given anew at each extraction
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE, -- [id] where it stands
  start_offset INTEGER NOT NULL,        -- [char] where it begins in the original
  end_offset INTEGER NOT NULL,          -- [char] where it ends in the original
  text TEXT NOT NULL,                   -- [text] what was seen
  reason TEXT NOT NULL                  -- [text] why it was not taken
) STRICT;
CREATE TABLE repairs (
  id INTEGER PRIMARY KEY,               -- [id] given anew at each extraction
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE, -- [id] where it stands
  passage_id INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE, -- [id] the passage that shows it mended
  start_offset INTEGER NOT NULL,        -- [char] where it begins in the original
  end_offset INTEGER NOT NULL,          -- [char] where it ends in the original
  before_text TEXT NOT NULL,            -- [text] characters that stood there
  after_text TEXT NOT NULL,             -- [text] what they were read as
  rule TEXT NOT NULL                    -- [text] name of the rule that did it
) STRICT;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- [id] never given twice
  started_at TEXT NOT NULL,             -- [UTC] ISO 8601
  finished_at TEXT,                     -- [UTC] ISO 8601; NULL where the run was cut short
  extractor_version TEXT NOT NULL,      -- [text] version of the extractor
  vocabulary TEXT NOT NULL              -- [text] fingerprint of the vocabulary
) STRICT;
CREATE TABLE run_documents (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, -- [id] the ingestion
  path TEXT NOT NULL,                   -- [text] the file, relative to the folder of the base
  source TEXT NOT NULL,                 -- [text] file name
  document_id INTEGER REFERENCES documents (id) ON DELETE SET NULL, -- [id] the document that stands for it; NULL where it failed
  outcome TEXT NOT NULL CHECK (outcome IN ('new', 'unchanged', 'changed', 'failed')), -- [text] what became of it
  measurements INTEGER NOT NULL,        -- [1] measurements of it that stand in the base
  rejections INTEGER NOT NULL,          -- [1] numbers of it that were seen and not taken
  message TEXT NOT NULL,                -- [text] why it failed, or what else is to be said
  PRIMARY KEY (run_id, path)
) STRICT, WITHOUT ROWID;
INSERT INTO papers (id, doi, title, year, journal, authors, licence) VALUES (1, '10.1000/versions.1', 'A thin layer of two polymers on copper foil', NULL, '', '[]', '');
INSERT INTO papers (id, doi, title, year, journal, authors, licence) VALUES (2, NULL, 'What others found with layers on lithium', NULL, '', '[]', '');
INSERT INTO documents (id, paper_id, path, source, format, sha256, doi, title, title_key, year, journal, authors, licence, extractor_version, vocabulary, original) VALUES (1, 1, 'layer.md', 'layer.md', 'markdown', '13a1745fece33af51a1a2406ac39b753375a163e2cff116a5d4f521759056704', '10.1000/versions.1', 'A thin layer of two polymers on copper foil', 'a thin layer of two polymers on copper foil', NULL, '', '[]', '', '0.1.0', 'a644a0a7d2e0', '# A thin layer of two polymers on copper foil

doi: 10.1000/versions.1

## Results

The PVDF/PMMA-coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles at 1 mA cm-2 and 1 mAh cm-2.
Bare Cu falls to 91.2% after 70 cycles under the same conditions.  The layer is 14 µm thick and was made by
electrospinning; it turns into a LiF-rich interphase during plating.

Symmetric cells with the PVDF/PMMA-coated Cu electrode ran for over 1400 h at 1 mA cm-2, those with bare Cu for 400 h.
The cells rested for 12 h before the test.

| electrode | overpotential (mV) |
| --- | --- |
| PVDF/PMMA-coated Cu | 32 |
| bare Cu | 93 |

## References

1. A. Author, J. Journal 2019, 3, 14. doi:10.1000/versions.2
');
INSERT INTO documents (id, paper_id, path, source, format, sha256, doi, title, title_key, year, journal, authors, licence, extractor_version, vocabulary, original) VALUES (2, 2, 'review.txt', 'review.txt', 'text', '341e2e338514cef58a2b3ddee4d773c6f2bcdae0aa8c3bd0af75f320d329d877', NULL, 'What others found with layers on lithium', 'what others found with layers on lithium', NULL, '', '[]', '', '0.1.0', 'a644a0a7d2e0', 'What others found with layers on lithium

A Cu3N/SBR-coated Li anode was reported to reach an ionic conductivity of 1.2e-4 S cm-1 [1]. The same work gave a
Coulombic efficiency of 97.4% at 1 mA cm-2 [1]. Its modulus is 0.8 GPa.

References

[1] B. Author, C. Author, A layer of nitride, J. Journal 2017, 2, 77.
');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (1, 1, 0, 'heading', '', NULL, 2, 45, 'A thin layer of two polymers on copper foil');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (2, 1, 1, 'paragraph', '', NULL, 47, 70, 'doi: 10.1000/versions.1');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (3, 1, 2, 'heading', 'Results', NULL, 75, 82, 'Results');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (4, 1, 3, 'paragraph', 'Results', NULL, 84, 377, 'The PVDF/PMMA-coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles at 1 mA cm-2 and 1 mAh cm-2. Bare Cu falls to 91.2% after 70 cycles under the same conditions. The layer is 14 µm thick and was made by electrospinning; it turns into a LiF-rich interphase during plating.');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (5, 1, 4, 'paragraph', 'Results', NULL, 379, 540, 'Symmetric cells with the PVDF/PMMA-coated Cu electrode ran for over 1400 h at 1 mA cm-2, those with bare Cu for 400 h. The cells rested for 12 h before the test.');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (6, 1, 5, 'table', 'Results', NULL, 544, 634, 'electrode | overpotential (mV)
--- | ---
PVDF/PMMA-coated Cu | 32
bare Cu | 93');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (7, 1, 6, 'heading', 'References', NULL, 641, 651, 'References');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (8, 1, 7, 'reference', 'References', NULL, 653, 713, '1. A. Author, J. Journal 2019, 3, 14. doi:10.1000/versions.2');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (9, 2, 0, 'paragraph', '', NULL, 0, 40, 'What others found with layers on lithium');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (10, 2, 1, 'paragraph', '', NULL, 42, 227, 'A Cu3N/SBR-coated Li anode was reported to reach an ionic conductivity of 1.2e-4 S cm-1. The same work gave a Coulombic efficiency of 97.4% at 1 mA cm-2. Its modulus is 0.8 GPa.');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (11, 2, 2, 'heading', 'References', NULL, 229, 239, 'References');
INSERT INTO passages (id, document_id, ordinal, kind, section, page, start_offset, end_offset, text) VALUES (12, 2, 3, 'reference', 'References', NULL, 244, 310, ' B. Author, C. Author, A layer of nitride, J. Journal 2017, 2, 77.');
INSERT INTO materials (id, name, material_class, formula, composition, elements) VALUES (1, 'PVDF', 'polymer', NULL, NULL, '[]');
INSERT INTO materials (id, name, material_class, formula, composition, elements) VALUES (2, 'PMMA', 'polymer', NULL, NULL, '[]');
INSERT INTO materials (id, name, material_class, formula, composition, elements) VALUES (3, 'Cu', 'metal', 'Cu', '{"Cu": 1.0}', '["Cu"]');
INSERT INTO materials (id, name, material_class, formula, composition, elements) VALUES (10, 'Cu3N', 'ceramic', 'Cu3N', '{"Cu": 3.0, "N": 1.0}', '["Cu", "N"]');
INSERT INTO materials (id, name, material_class, formula, composition, elements) VALUES (11, 'SBR', 'polymer', NULL, NULL, '[]');
INSERT INTO materials (id, name, material_class, formula, composition, elements) VALUES (12, 'Li', 'metal', 'Li', '{"Li": 1.0}', '["Li"]');
INSERT INTO systems (id, key, label, substrate, strategy, process) VALUES (1, '[["PMMA", "PVDF"], "Cu", "surface coating", "electrospinning"]', 'PMMA/PVDF on Cu', 'Cu', 'surface coating', 'electrospinning');
INSERT INTO systems (id, key, label, substrate, strategy, process) VALUES (2, '[["Cu"], null, "other", null]', 'Cu', NULL, 'other', NULL);
INSERT INTO systems (id, key, label, substrate, strategy, process) VALUES (3, '[["PMMA", "PVDF"], "Cu", "surface coating", null]', 'PMMA/PVDF on Cu', 'Cu', 'surface coating', NULL);
INSERT INTO systems (id, key, label, substrate, strategy, process) VALUES (4, '[["Cu"], null, "surface coating", null]', 'Cu', NULL, 'surface coating', NULL);
INSERT INTO systems (id, key, label, substrate, strategy, process) VALUES (5, '[["Cu3N", "SBR"], "Li", "surface coating", null]', 'Cu3N/SBR on Li', 'Li', 'surface coating', NULL);
INSERT INTO system_components (system_id, material_id, role) VALUES (1, 1, 'component');
INSERT INTO system_components (system_id, material_id, role) VALUES (3, 1, 'component');
INSERT INTO system_components (system_id, material_id, role) VALUES (1, 2, 'component');
INSERT INTO system_components (system_id, material_id, role) VALUES (3, 2, 'component');
INSERT INTO system_components (system_id, material_id, role) VALUES (1, 3, 'substrate');
INSERT INTO system_components (system_id, material_id, role) VALUES (2, 3, 'component');
INSERT INTO system_components (system_id, material_id, role) VALUES (3, 3, 'substrate');
INSERT INTO system_components (system_id, material_id, role) VALUES (4, 3, 'component');
INSERT INTO system_components (system_id, material_id, role) VALUES (5, 10, 'component');
INSERT INTO system_components (system_id, material_id, role) VALUES (5, 11, 'component');
INSERT INTO system_components (system_id, material_id, role) VALUES (5, 12, 'substrate');
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (1, '[1, 1, 0, null, 1.0, 1.0, 260.0, null, null, null, null, null, null, null, null, null, null]', 1, 1, 0, NULL, 1.0, 1.0, 260.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (2, '[1, 1, 0, null, 1.0, 1.0, null, null, null, null, null, null, null, null, null, null, null]', 1, 1, 0, NULL, 1.0, 1.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (3, '[1, 2, 1, null, null, null, null, null, null, 70.0, null, null, null, null, null, null, null]', 1, 2, 1, NULL, NULL, NULL, NULL, NULL, NULL, 70.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (4, '[1, 2, 1, null, null, null, null, null, null, null, null, null, null, null, null, null, null]', 1, 2, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (5, '[1, 1, 0, null, 1.0, null, null, null, null, null, null, null, null, null, null, null, "Li|Li symmetric"]', 1, 1, 0, NULL, 1.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'Li|Li symmetric');
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (6, '[1, 2, 1, null, 1.0, null, null, null, null, null, null, null, null, null, null, null, "Li|Li symmetric"]', 1, 2, 1, NULL, 1.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'Li|Li symmetric');
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (7, '[1, 3, 0, null, null, null, null, null, null, null, null, null, null, null, null, null, null]', 1, 3, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (8, '[1, 4, 1, null, null, null, null, null, null, null, null, null, null, null, null, null, null]', 1, 4, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (9, '[2, 5, 0, "1", null, null, null, null, null, null, null, null, null, null, null, null, null]', 2, 5, 0, '1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (10, '[2, 5, 0, "1", 1.0, null, null, null, null, null, null, null, null, null, null, null, null]', 2, 5, 0, '1', 1.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO experiments (id, key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell) VALUES (11, '[2, 5, 0, null, null, null, null, null, null, null, null, null, null, null, null, null, null]', 2, 5, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (1, 1, 1, 0, 'a94e7bb897abea4d1c32', 'coulombic_efficiency', 98.3, NULL, '=', 'percent', '98.3', '%', 'PVDF/PMMA-coated Cu', '["PVDF", "PMMA"]', 'measured', 0.902, '[]', '[]');
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (2, 1, 2, 1, '64d769a70a744e070142', 'cycle_count', 260.0, NULL, '>', '1', '260', 'cycles', 'PVDF/PMMA-coated Cu', '["PVDF", "PMMA"]', 'measured', 0.812, '[]', '[]');
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (3, 1, 3, 2, 'ea83f26b12e5d2f3b494', 'capacity_retention', 91.2, NULL, '=', 'percent', '91.2', '%', 'Bare Cu', '["Cu"]', 'measured', 0.812, '[]', '[]');
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (4, 1, 4, 3, '572dc22d64c2c19ada3b', 'coating_thickness', 14.0, NULL, '=', 'um', '14', 'µm', 'Bare Cu', '["Cu"]', 'measured', 0.727, '[]', '[]');
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (5, 1, 5, 4, 'bb67123dfd74ddfb3669', 'cycling_hours', 1400.0, NULL, '>', 'h', '1400', 'h', 'PVDF/PMMA-coated Cu', '["PVDF", "PMMA"]', 'measured', 0.812, '[]', '[]');
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (6, 1, 6, 5, 'eff45542dbc6cc4edfaa', 'cycling_hours', 400.0, NULL, '=', 'h', '400', 'h', 'bare Cu', '["Cu"]', 'measured', 0.812, '[]', '[]');
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (7, 1, 7, 6, 'ba7c78bac3beaebd3aa7', 'overpotential', 32.0, NULL, '=', 'mV', '32', 'mV', 'PVDF/PMMA-coated Cu', '["PVDF", "PMMA"]', 'measured', 0.9, '[]', '[]');
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (8, 1, 8, 7, '28a50edbc308d53109c4', 'overpotential', 93.0, NULL, '=', 'mV', '93', 'mV', 'bare Cu', '["Cu"]', 'measured', 0.9, '[]', '[]');
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (9, 2, 9, 0, '859792b8047b517a254c', 'ionic_conductivity', 0.00012, NULL, '=', 'S/cm', '1.2e-4', 'S cm-1', 'Cu3N/SBR-coated Li', '["Cu3N", "SBR"]', 'cited', 0.902, '[]', '[]');
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (10, 2, 10, 1, 'e5a43a14db55d37baba9', 'coulombic_efficiency', 97.4, NULL, '=', 'percent', '97.4', '%', 'Cu3N/SBR-coated Li', '["Cu3N", "SBR"]', 'cited', 0.807, '[]', '[]');
INSERT INTO measurements (id, document_id, experiment_id, ordinal, fingerprint, metric, value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, provenance, confidence, conditions_far, flags) VALUES (11, 2, 11, 2, '3a31b5c1d5cd6ad7a56b', 'elastic_modulus', 0.8, NULL, '=', 'GPa', '0.8', 'GPa', 'Cu3N/SBR-coated Li', '["Cu3N", "SBR"]', 'measured', 0.807, '[]', '[]');
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (1, 4, 'The PVDF/PMMA-coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles at 1 mA cm-2 and 1 mAh cm-2.', 150, 154, 'Results', NULL);
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (2, 4, 'The PVDF/PMMA-coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles at 1 mA cm-2 and 1 mAh cm-2.', 161, 164, 'Results', NULL);
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (3, 4, 'Bare Cu falls to 91.2% after 70 cycles under the same conditions.', 218, 222, 'Results', NULL);
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (4, 4, 'The layer is 14 µm thick and was made by electrospinning; it turns into a LiF-rich interphase during plating.', 281, 283, 'Results', NULL);
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (5, 5, 'Symmetric cells with the PVDF/PMMA-coated Cu electrode ran for over 1400 h at 1 mA cm-2, those with bare Cu for 400 h.', 447, 451, 'Results', NULL);
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (6, 5, 'Symmetric cells with the PVDF/PMMA-coated Cu electrode ran for over 1400 h at 1 mA cm-2, those with bare Cu for 400 h.', 491, 494, 'Results', NULL);
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (7, 6, 'PVDF/PMMA-coated Cu | 32', 615, 617, 'Results', NULL);
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (8, 6, 'bare Cu | 93', 632, 634, 'Results', NULL);
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (9, 10, 'A Cu3N/SBR-coated Li anode was reported to reach an ionic conductivity of 1.2e-4 S cm-1.', 116, 122, '', NULL);
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (10, 10, 'The same work gave a Coulombic efficiency of 97.4% at 1 mA cm-2.', 180, 184, '', NULL);
INSERT INTO evidence (measurement_id, passage_id, text, start_offset, end_offset, section, page) VALUES (11, 10, 'Its modulus is 0.8 GPa.', 219, 222, '', NULL);
INSERT INTO citations (id, document_id, ordinal, marker, authors, title, journal, year, doi, text) VALUES (1, 1, 0, '1', 'A. Author, J. Journal', '2019, 3, 14', '', 2019, '10.1000/versions.2', 'A. Author, J. Journal 2019, 3, 14. doi:10.1000/versions.2');
INSERT INTO citations (id, document_id, ordinal, marker, authors, title, journal, year, doi, text) VALUES (2, 2, 0, '1', 'B. Author, C. Author', 'A layer of nitride, J', '', 2017, NULL, 'B. Author, C. Author, A layer of nitride, J. Journal 2017, 2, 77.');
INSERT INTO rejections (id, document_id, start_offset, end_offset, text, reason) VALUES (1, 1, 230, 239, '70 cycles', 'a cycle at which something was read');
INSERT INTO rejections (id, document_id, start_offset, end_offset, text, reason) VALUES (2, 1, 519, 523, '12 h', 'time of a process');
INSERT INTO runs (id, started_at, finished_at, extractor_version, vocabulary) VALUES (1, '2026-11-21T12:17:47+00:00', '2026-11-21T12:17:51+00:00', '0.1.0', 'a644a0a7d2e0');
INSERT INTO run_documents (run_id, path, source, document_id, outcome, measurements, rejections, message) VALUES (1, 'layer.md', 'layer.md', 1, 'new', 8, 2, '');
INSERT INTO run_documents (run_id, path, source, document_id, outcome, measurements, rejections, message) VALUES (1, 'review.txt', 'review.txt', 2, 'new', 3, 0, '');
CREATE INDEX documents_by_paper ON documents (paper_id);
CREATE INDEX documents_by_doi ON documents (doi) WHERE doi IS NOT NULL;
CREATE INDEX documents_by_title ON documents (title_key) WHERE title_key IS NOT NULL;
CREATE INDEX system_components_by_material ON system_components (material_id);
CREATE INDEX experiments_by_paper ON experiments (paper_id, is_control);
CREATE INDEX experiments_by_system ON experiments (system_id);
CREATE INDEX measurements_by_metric ON measurements (metric, value);
CREATE INDEX measurements_by_experiment ON measurements (experiment_id, metric);
CREATE INDEX evidence_by_passage ON evidence (passage_id);
CREATE INDEX citations_by_marker ON citations (document_id, marker);
CREATE INDEX citations_by_doi ON citations (doi) WHERE doi IS NOT NULL;
CREATE INDEX rejections_by_document ON rejections (document_id);
CREATE INDEX repairs_by_document ON repairs (document_id);
CREATE INDEX repairs_by_passage ON repairs (passage_id);
CREATE INDEX run_documents_by_document ON run_documents (document_id);
CREATE VIEW measurement_view AS
SELECT
  m.id AS id,                           -- [id] of the measurement
  e.paper_id AS paper_id,               -- [id] of the paper
  m.document_id AS document_id,         -- [id] of the document
  e.system_id AS system_id,             -- [id] of the system
  m.experiment_id AS experiment_id,     -- [id] of the experiment
  v.passage_id AS passage_id,           -- [id] of the passage
  d.source AS source,                   -- [text] file name
  p.doi AS doi,                         -- [text] of the paper, lower case
  p.title AS title,                     -- [text] of the paper
  p.year AS year,                       -- [year] of publication
  m.metric AS metric,                   -- [text] controlled name
  m.value AS value,                     -- [unit] of a range the smaller end
  m.value_max AS value_max,             -- [unit] the larger end of a range; else NULL
  m.qualifier AS qualifier,             -- [text] =, ~, >, >=, <, <=, range
  m.unit AS unit,                       -- [text] controlled unit
  m.value_reported AS value_reported,   -- [text] characters in the document
  m.unit_reported AS unit_reported,     -- [text] characters in the document
  m.subject AS subject,                 -- [text] the sample as the paper names it
  m.components AS components,           -- [JSON] array of short names
  s.substrate AS substrate,             -- [text] what it is laid on
  s.strategy AS strategy,               -- [text] kind of protection
  s.process AS process,                 -- [text] how it was made
  e.is_control AS is_control,           -- [0/1] 1: the bare or unmodified sample
  e.current_density_mA_cm2 AS current_density_mA_cm2, -- [mA/cm^2] of plating or stripping
  e.areal_capacity_mAh_cm2 AS areal_capacity_mAh_cm2, -- [mAh/cm^2] plated or stripped a half-cycle
  e.cycles AS cycles,                   -- [1] how many cycles the result is given over
  e.cycle_first AS cycle_first,         -- [1] first cycle of the range it is given over
  e.cycle_last AS cycle_last,           -- [1] last cycle of that range
  e.at_cycle AS at_cycle,               -- [1] the cycle it was read at
  e.c_rate AS c_rate,                   -- [1/h] C rate
  e.temperature_C AS temperature_C,     -- [degC] of the test
  e.time_h AS time_h,                   -- [h] after which it was read
  e.np_ratio AS np_ratio,               -- [1] negative to positive capacity
  e.electrolyte AS electrolyte,         -- [text] salt, solvent, additive
  e.electrolyte_class AS electrolyte_class, -- [text] ether, carbonate, ...
  e.cell AS cell,                       -- [text] Li|Cu half, Li|Li symmetric, full <cathode>
  m.conditions_far AS conditions_far,   -- [JSON] array of conditions carried over from elsewhere
  m.provenance AS provenance,           -- [text] measured, calculated, estimated, stated, cited
  e.cited_ref AS cited_ref,             -- [text] marker of the reference credited
  m.confidence AS confidence,           -- [1] chance that the record is right
  m.flags AS flags,                     -- [JSON] array of warnings
  v.text AS evidence,                   -- [text] the sentence or table row
  v.start_offset AS evidence_start,     -- [char] where the number begins in the original
  v.end_offset AS evidence_end,         -- [char] where the number ends in the original
  v.section AS section,                 -- [text] heading it stands under
  v.page AS page                        -- [1] page, from 1
FROM measurements AS m
JOIN experiments AS e ON e.id = m.experiment_id
JOIN systems AS s ON s.id = e.system_id
JOIN documents AS d ON d.id = m.document_id
JOIN papers AS p ON p.id = e.paper_id
JOIN evidence AS v ON v.measurement_id = m.id;
CREATE VIEW graph_nodes (
  id,        -- [text] kind and row number: "paper:1"
  kind,      -- [text] paper, document, passage, material, system, experiment, measurement, citation
  label,     -- [text] for people
  attributes -- [JSON] object
) AS
SELECT 'paper:' || id, 'paper', coalesce(nullif(title, ''), doi, 'paper ' || id),
  json_object('doi', doi, 'title', title, 'year', year, 'journal', journal)
FROM papers
UNION ALL
SELECT 'document:' || id, 'document', source, json_object('source', source, 'format', format, 'doi', doi)
FROM documents
UNION ALL
-- Only passages that carry a measurement: the rest of the text is no part of the graph.
SELECT 'passage:' || id, 'passage', kind || ' ' || ordinal,
  json_object('passage_kind', kind, 'section', section, 'page', page, 'start', start_offset, 'end', end_offset)
FROM passages WHERE id IN (SELECT passage_id FROM evidence)
UNION ALL
SELECT 'material:' || id, 'material', name,
  json_object('class', material_class, 'formula', formula, 'elements', json(elements), 'composition', json(composition))
FROM materials
UNION ALL
SELECT 'system:' || id, 'system', label, json_object('substrate', substrate, 'strategy', strategy, 'process', process)
FROM systems
UNION ALL
SELECT 'experiment:' || e.id, 'experiment', s.label || coalesce(', ' || e.cell, ''),
  json_object('is_control', json(iif(e.is_control, 'true', 'false')), 'cited_ref', e.cited_ref, 'cell', e.cell,
    'current_density_mA_cm2', e.current_density_mA_cm2, 'areal_capacity_mAh_cm2', e.areal_capacity_mAh_cm2,
    'cycles', e.cycles, 'at_cycle', e.at_cycle, 'c_rate', e.c_rate, 'temperature_C', e.temperature_C, 'time_h', e.time_h,
    'np_ratio', e.np_ratio, 'electrolyte', e.electrolyte, 'electrolyte_class', e.electrolyte_class)
FROM experiments AS e JOIN systems AS s ON s.id = e.system_id
UNION ALL
SELECT 'measurement:' || id, 'measurement', metric || ' ' || iif(qualifier IN ('=', 'range'), '', qualifier || ' ')
    || value || coalesce(' to ' || value_max, '') || ' ' || unit,
  json_object('metric', metric, 'value', value, 'value_max', value_max, 'qualifier', qualifier, 'unit', unit,
    'provenance', provenance, 'confidence', confidence)
FROM measurements
UNION ALL
SELECT 'citation:' || id, 'citation', marker, json_object('marker', marker, 'doi', doi, 'title', title, 'year', year)
FROM citations;
CREATE VIEW graph_edges (
  source,    -- [text] id of a node
  target,    -- [text] id of a node
  kind,      -- [text] printed_in, reports, contains, laid_on, tested_in, measured, evidenced_by, part_of, cites, lists, refers_to, controls
  attributes -- [JSON] object
) AS
SELECT 'paper:' || paper_id, 'document:' || id, 'printed_in', '{}' FROM documents
UNION ALL
SELECT 'paper:' || paper_id, 'experiment:' || id, 'reports', json_object('cited_ref', cited_ref) FROM experiments
UNION ALL
SELECT 'system:' || system_id, 'material:' || material_id, iif(role = 'substrate', 'laid_on', 'contains'), '{}'
FROM system_components
UNION ALL
SELECT 'system:' || system_id, 'experiment:' || id, 'tested_in', json_object('is_control', json(iif(is_control, 'true', 'false')))
FROM experiments
UNION ALL
SELECT 'experiment:' || experiment_id, 'measurement:' || id, 'measured', json_object('metric', metric) FROM measurements
UNION ALL
SELECT 'measurement:' || measurement_id, 'passage:' || passage_id, 'evidenced_by',
  json_object('start', start_offset, 'end', end_offset)
FROM evidence WHERE passage_id IS NOT NULL
UNION ALL
SELECT 'passage:' || id, 'document:' || document_id, 'part_of', '{}'
FROM passages WHERE id IN (SELECT passage_id FROM evidence)
UNION ALL
SELECT 'document:' || document_id, 'citation:' || id, 'lists', json_object('marker', marker) FROM citations
UNION ALL
SELECT 'measurement:' || m.id, 'citation:' || c.id, 'cites', json_object('marker', c.marker)
FROM measurements AS m
JOIN experiments AS e ON e.id = m.experiment_id
JOIN citations AS c ON c.document_id = m.document_id AND c.marker = e.cited_ref
UNION ALL
SELECT 'citation:' || c.id, 'paper:' || p.id, 'refers_to', json_object('doi', c.doi)
FROM citations AS c JOIN papers AS p ON p.doi = c.doi
UNION ALL
-- A control stands beside a sample where one paper (or one cited work) gives both the same metric and no condition
-- that both state differs.
SELECT 'experiment:' || c.id, 'experiment:' || t.id, 'controls', json_object('metrics', json_group_array(DISTINCT tm.metric))
FROM experiments AS c
JOIN experiments AS t ON t.paper_id = c.paper_id AND t.is_control = 0 AND t.cited_ref IS c.cited_ref
JOIN measurements AS cm ON cm.experiment_id = c.id
JOIN measurements AS tm ON tm.experiment_id = t.id AND tm.metric = cm.metric
WHERE c.is_control = 1
  AND coalesce(c.cell = t.cell, 1)
  AND coalesce(c.current_density_mA_cm2 = t.current_density_mA_cm2, 1)
  AND coalesce(c.areal_capacity_mAh_cm2 = t.areal_capacity_mAh_cm2, 1)
GROUP BY c.id, t.id;
