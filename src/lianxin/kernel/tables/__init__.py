"""Tables of every kind as people send them: Excel, delimited text, geodata; read row by row, written safely."""

from lianxin.kernel.tables.model import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Row, Sheet, Table
from lianxin.kernel.tables.reading import open_table, sheets_of

__all__ = ["MOST_BYTES", "MOST_COLUMNS", "MOST_ROWS", "Row", "Sheet", "Table", "open_table", "sheets_of"]
