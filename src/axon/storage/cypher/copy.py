"""One batch into its table by COPY FROM, and what to do when a COPY fails.

What flows in: batches. What flows out: the rows that the engine refused. It does not know where batches come from.

One bad row rolls a whole COPY back, so a batch that fails is halved until few rows are left; those are created one by
one.
"""

from pathlib import Path
from typing import Final

from axon.errors import QueryFailedError, StorageError
from axon.storage.backend import RejectedRow
from axon.storage.cypher import write
from axon.storage.cypher.batch import Batch
from axon.storage.cypher.csv import csv_file
from axon.storage.cypher.statements import Statements, blames_a_row
from axon.storage.schema import NODE_TABLE

# A row by CREATE takes about 1 ms, a COPY that fails 5 ms or more: below this many rows halving on costs more.
_FEW_ROWS: Final = 16


class Copier:
    """Stores batches. CSV files lie in `folder` while they are read; fewer rows than `copy_threshold` are created."""

    def __init__(self, statements: Statements, folder: Path, copy_threshold: int = 2) -> None:
        self._statements = statements
        self._folder = folder
        self._copy_threshold = copy_threshold
        self._has_created_nodes = False

    def store(self, batch: Batch) -> list[RejectedRow]:
        """Stores a batch as it is; returns the rows that were refused. One among n costs about 2 log2 n COPYs."""
        if len(batch) < self._copy_threshold:
            return self._create_rows(batch)
        if self._copy(batch):
            return []
        if len(batch) <= _FEW_ROWS:
            return self._create_rows(batch)
        middle = len(batch) // 2
        return [*self.store(batch.part(0, middle)), *self.store(batch.part(middle, len(batch)))]

    def _copy(self, batch: Batch) -> bool:
        """Copies the batch; False when the engine refuses one of its rows, and then it has kept none."""
        if batch.table is NODE_TABLE:
            self._settle_created_nodes()
        with csv_file(self._folder, batch.columns, batch.types) as path:
            try:
                self._statements.run(write.copy_statement(batch.table, path))
            except QueryFailedError as error:
                if blames_a_row(error):
                    return False
                raise _failure(batch, error) from error
        return True

    def _settle_created_nodes(self) -> None:
        """Makes a COPY of nodes that fails harmless.

        Kuzu 0.11.3 undoes such a COPY wrongly when nodes were created since the last checkpoint: their keys vanish
        from the index, are accepted a second time, and the process aborts later. A checkpoint takes 2 ms.
        """
        if self._has_created_nodes:
            self._statements.run(write.CHECKPOINT)
            self._has_created_nodes = False

    def _create_rows(self, batch: Batch) -> list[RejectedRow]:
        reasons: dict[int, str] = {}
        while not self._create_all(batch, reasons):
            pass
        if batch.table is NODE_TABLE and len(reasons) < len(batch):
            self._has_created_nodes = True
        return [batch.rejected(row, reason) for row, reason in sorted(reasons.items())]

    def _create_all(self, batch: Batch, reasons: dict[int, str]) -> bool:
        """Creates the rows that have no reason yet, in one transaction; adds reasons.

        False when a row made the engine give up: it has undone the rows before it, so they are to be created again.
        """
        row = 0
        try:
            with self._statements.transaction():
                for row in range(len(batch)):
                    if row not in reasons and not self._create(batch, row):
                        reasons[row] = "an end is not in the store"
        except QueryFailedError as error:
            if not blames_a_row(error):
                raise _failure(batch, error) from error
            reasons[row] = str(error)
            return False
        return True

    def _create(self, batch: Batch, row: int) -> int:
        return int(self._statements.run(write.create_statement(batch.table), batch.row(row))[0][0])


def _failure(batch: Batch, error: QueryFailedError) -> StorageError:
    return StorageError(f"{batch.table.name} cannot be loaded: {error}")
