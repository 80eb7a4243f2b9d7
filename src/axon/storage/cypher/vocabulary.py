"""The words of Cypher that the read-only console knows, as data.

What flows in: nothing. What flows out: sets of keywords and function names, from src/antlr4/keywords.txt and the
function collection of Kuzu 0.11.3. It does not know how a query is read.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STARTS: Final = _words("MATCH OPTIONAL WITH UNWIND RETURN CALL")

_WRITES: Final = "it writes to the database"
_FILES: Final = "it reads or writes files"
_CODE: Final = "it fetches or loads code"
_STATE: Final = "it changes the state of the database"
REFUSED: Final = {
    **dict.fromkeys(
        _words("CREATE SET DELETE DETACH MERGE REMOVE DROP ALTER ADD RENAME UPDATE COMMENT INCREMENT"), _WRITES
    ),
    **dict.fromkeys(_words("COPY LOAD EXPORT IMPORT ATTACH GLOB HEADERS"), _FILES),
    **dict.fromkeys(_words("INSTALL UNINSTALL EXTENSION MACRO FORCE"), _CODE),
    **dict.fromkeys(_words("USE BEGIN COMMIT ROLLBACK CHECKPOINT TRANSACTION DATABASE PROJECT"), _STATE),
    **dict.fromkeys(_words("COMMIT_SKIP_CHECKPOINT ROLLBACK_SKIP_CHECKPOINT"), _STATE),
    **dict.fromkeys(_words("EXPLAIN PROFILE HINT MULTI_JOIN"), "it steers the engine"),
}
"""Keywords that begin or belong to something else than a question. The engine's other keywords are harmless alone."""

BEFORE_PARENTHESIS: Final = _words(
    "MATCH WHERE AND OR XOR NOT IN RETURN WITH DISTINCT UNWIND CASE WHEN THEN ELSE BY LIMIT SKIP CONTAINS SHORTEST "
    "TRAIL ACYCLIC WSHORTEST ALL ANY NONE SINGLE EXISTS COUNT CAST AS ASC DESC"
)

TABLE_FUNCTIONS: Final = _words("show_tables table_info show_connection db_version current_setting")
"""What CALL may name; each was run on Kuzu 0.11.3 and only reads."""

FUNCTIONS: Final = _words(
    # aggregation and choice
    "count sum avg min max collect coalesce ifnull nullif greatest least count_if "
    # nodes, relationships and paths
    "id label labels type offset start_node end_node startnode endnode nodes rels relationships properties keys "
    "length cost is_trail is_acyclic "
    # text
    "lower upper tolower toupper lcase ucase initcap trim ltrim rtrim left right reverse substring substr size concat "
    "concat_ws contains starts_with ends_with prefix suffix string_split str_split string_to_array split_part "
    "levenshtein regexp_matches regexp_full_match regexp_replace regexp_extract regexp_extract_all "
    "regexp_split_to_array array_extract octet_length encode decode md5 sha256 hash "
    # lists, maps and structs
    "list_extract list_element list_concat list_cat list_append list_prepend list_position list_indexof list_contains "
    "list_has list_has_all list_slice list_sort list_reverse_sort list_sum list_product list_distinct list_unique "
    "list_any_value list_reverse list_to_string list_transform list_filter list_reduce array_concat array_contains "
    "array_has array_append array_slice array_position array_indexof element_at map map_extract map_keys map_values "
    "cardinality struct_pack struct_extract "
    # numbers
    "abs ceil ceiling floor round sign sqrt cbrt pow power exp ln log log2 log10 sin cos tan cot asin acos atan atan2 "
    "degrees radians pi even factorial gamma lgamma negate random bitwise_and bitwise_or bitwise_xor "
    # types, dates and times
    "cast typeof string date timestamp interval duration date_part datepart date_trunc datetrunc dayname monthname "
    "last_day make_date century current_date current_timestamp epoch_ms decimal struct uuid blob to_string to_bool "
    "to_int8 to_int16 to_int32 to_int64 to_int128 to_uint8 to_uint16 to_uint32 to_uint64 to_float to_double to_date "
    "to_timestamp to_interval to_uuid to_years to_months to_days to_hours to_minutes to_seconds"
)
"""What an expression may call. Left out: what can fill memory from a few bytes (`range`, `repeat`, `lpad`, `rpad`),
what changes or raises (`nextval`, `error`), what makes internal ids, and every file reader."""

EXPLODES: Final = _words("range repeat lpad rpad")
