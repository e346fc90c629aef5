//! Tables as Parquet, read back by the crate that others use: every row and column is the CSV's.

use crate::story;
use ::parquet::basic::Compression;
use ::parquet::data_type::Decimal;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use std::fs::File;
use std::path::Path;
use walras::engine::{self, RunId};
use walras::journal::{Journal, Sink};
use walras::scenario::Scenario;
use walras::trace::{FileRecord, Format, Kind, TableName, Traces};
use walras::units::Money;

/// A decimal with so many places as CSV has it: no trailing zeros.
fn decimal(decimal: &Decimal) -> String {
    let bytes = decimal.data();
    let negative = bytes[0] & 0x80 != 0;
    let first = if negative { -1 } else { 0 };
    let whole = bytes.iter().fold(first, |all: i128, byte| all << 8 | i128::from(*byte));
    // Money prints nine places.
    Money::from_nanos(whole * 10_i128.pow(9 - decimal.scale().unsigned_abs())).to_string()
}

fn text(field: &Field) -> Option<String> {
    Some(match field {
        Field::Null => return None,
        Field::Bool(flag) => flag.to_string(),
        Field::Long(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Decimal(number) => decimal(number),
        Field::Str(text) => text.clone(),
        other => panic!("no column is of this type: {other:?}"),
    })
}

/// The cells of a table, by row; empty ones are none.
pub(crate) fn cells(path: &Path) -> Vec<Vec<Option<String>>> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| row.unwrap().get_column_iter().map(|(_, field)| text(field)).collect()).collect()
}

pub(crate) fn csv_cells(path: &Path) -> Vec<Vec<Option<String>>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let cell = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
    reader.records().map(|row| row.unwrap().iter().map(cell).collect()).collect()
}

/// Both formats of every table of what `tell` tells.
fn written(
    scenario: &Scenario,
    tell: &dyn Fn(&mut dyn Sink),
) -> (tempfile::TempDir, Vec<FileRecord>) {
    let home = tempfile::tempdir().unwrap();
    let mut records = Vec::new();
    for format in Format::ALL {
        let mut traces = Traces::create_as(format, home.path(), &TableName::ALL, scenario).unwrap();
        tell(&mut traces);
        records.extend(traces.finish().unwrap());
    }
    (home, records)
}

fn run(scenario: &Scenario, sink: &mut dyn Sink) {
    let id = RunId { seed: scenario.seed, replication: 0 };
    engine::run(scenario, id, &mut Journal::new(vec![sink]), &mut |_| {}).expect("a sound run");
}

fn shipped(file: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    walras::scenario::load(&path, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Holds every cell of every table against the CSV's; gives how many rows there were at most.
fn check(scenario: &Scenario, tell: &dyn Fn(&mut dyn Sink)) -> usize {
    let (home, _) = written(scenario, tell);
    let mut most = 0;
    for table in TableName::ALL {
        let path = |format: Format| home.path().join(format!("{}.{}", table.word(), format.word()));
        let (rows, expected) = (cells(&path(Format::Parquet)), csv_cells(&path(Format::Csv)));
        assert_eq!(rows.len(), expected.len(), "{}", table.word());
        for (index, (row, expected)) in rows.iter().zip(&expected).enumerate() {
            assert_eq!(row, expected, "{}, row {index}", table.word());
        }
        most = most.max(rows.len());
    }
    most
}

#[test]
fn every_cell_of_a_story_is_the_csvs() {
    // Its names need quoting.
    check(&story::scenario(), &|sink| story::tell(sink, None));
}

#[test]
fn every_cell_of_a_mixed_market_is_the_csvs() {
    let scenario = shipped("mixed_market.ron");
    let most = check(&scenario, &|sink| run(&scenario, sink));
    assert!(64 * 1024 < most, "its events fill more than a group of rows: {most}");
}

#[test]
fn columns_have_the_types_that_they_are_described_by() {
    let (home, records) = written(&story::scenario(), &|sink| story::tell(sink, None));
    for table in TableName::ALL {
        let name = format!("{}.parquet", table.word());
        let bytes = std::fs::read(home.path().join(&name)).unwrap();
        let record = records.iter().find(|record| record.name == name).unwrap();
        assert_eq!(record.digest, blake3::hash(&bytes).to_hex().to_string(), "{name}");
        assert_eq!(record.bytes, bytes.len() as u64, "{name}");
        let reader =
            SerializedFileReader::new(File::open(home.path().join(&name)).unwrap()).unwrap();
        let meta = reader.metadata();
        assert_eq!(record.rows, Some(meta.file_metadata().num_rows().unsigned_abs()), "{name}");
        assert_eq!(
            meta.file_metadata().created_by(),
            Some(concat!("walras ", env!("CARGO_PKG_VERSION")))
        );
        let schema = meta.file_metadata().schema_descr();
        assert_eq!(schema.num_columns(), table.columns().len());
        for (column, found) in table.columns().iter().zip(schema.columns()) {
            assert_eq!(found.name(), column.name, "{name}");
            let scale = match column.kind {
                Kind::Micros => 6,
                Kind::Money => 9,
                Kind::Count | Kind::Number | Kind::Flag | Kind::Name | Kind::Text => -1,
            };
            assert_eq!(found.type_scale(), scale, "{name}: {}", column.name);
        }
        for group in meta.row_groups() {
            assert!(group.columns().iter().all(|own| own.compression() == Compression::SNAPPY));
            for (own, column) in group.columns().iter().zip(table.columns()) {
                let is_named = column.kind == Kind::Name;
                assert!(!is_named || own.dictionary_page_offset().is_some(), "{}", column.name);
            }
        }
    }
}

#[test]
fn the_same_rows_are_the_same_bytes() {
    let scenario = shipped("quickstart.ron");
    let digests = || {
        let (_, records) = written(&scenario, &|sink| run(&scenario, sink));
        records.into_iter().map(|record| (record.name, record.digest)).collect::<Vec<_>>()
    };
    assert_eq!(digests(), digests());
}
