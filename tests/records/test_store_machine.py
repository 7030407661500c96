"""Several drivers on one store, duplicates, deaths at any byte, compactions between: one accepted result per key."""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from store_cases import bury

from records.compaction import compact
from records.export import export
from records.store import Entry, Store
from schemas.errors import StoreError

KEYS = ("a", "b", "c")
DRIVERS = st.integers(0, 2)


class StoreMachine(RuleBasedStateMachine):
    """What a plain model knows: what was written, what was acknowledged, and what a run's tables said."""

    @initialize()
    def make_folder(self) -> None:
        memory = Path("/dev/shm")
        self.root = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None)) / "store"
        self.drivers: dict[int, Store] = {}
        self.synced_bytes: dict[int, int] = {}
        self.waiting: dict[int, list[Entry]] = {}
        self.written: dict[str, list[Entry]] = {key: [] for key in KEYS}
        self.acknowledged: set[str] = set()
        self.in_tables: dict[str, Entry] = {}
        self.readers: list[Store] = []
        self.number = 0

    @rule(driver=DRIVERS)
    def open_driver(self, driver: int) -> None:
        if driver not in self.drivers:
            self.drivers[driver] = Store.open(self.root)
            self.synced_bytes[driver], self.waiting[driver] = 0, []

    @rule(driver=DRIVERS, key=st.sampled_from(KEYS), is_finished=st.booleans(), is_careless=st.booleans())
    def append(self, driver: int, key: str, is_finished: bool, is_careless: bool) -> None:
        """A careless driver writes what is finished already, as a hedge that ends second would."""
        store = self.drivers.get(driver)
        if store is None or (store.has("prediction", key) and not is_careless):
            return
        self.number += 1
        entry = Entry("prediction", key, is_finished, {"number": self.number, "text": "x" * (self.number % 7)})
        store.append(entry)
        self.written[key].append(entry)
        self.waiting[driver].append(entry)

    @rule(driver=DRIVERS, key=st.sampled_from(KEYS))
    def read(self, driver: int, key: str) -> None:
        if driver in self.drivers:
            self._get(self.drivers[driver], key)

    @rule(driver=DRIVERS)
    def sync(self, driver: int) -> None:
        if driver in self.drivers:
            self.drivers[driver].sync()
            self._acknowledge(driver)

    @rule(driver=DRIVERS)
    def end(self, driver: int) -> None:
        """A run ends: what its tables say of a finished key now is what every later reader must say."""
        store = self.drivers.pop(driver, None)
        if store is None:
            return
        known = [key for key in KEYS if store.has("prediction", key) and self._get(store, key)]
        self._acknowledge(driver)
        store.close()
        for key in KEYS:
            entry = self._get(store, key)
            assert key not in known or (entry is not None and entry.is_finished)
            if entry is not None and entry.is_finished:
                assert self.in_tables.setdefault(key, entry) == entry

    @precondition(lambda self: self.drivers)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        """The machine dies: any byte after the last sync may be the last that reached the disk."""
        driver = data.draw(st.sampled_from(sorted(self.drivers)))
        store = self.drivers.pop(driver)
        writer, self.waiting[driver] = store._writer, []
        if writer is None or writer.live is None:
            return
        live, size = writer.live, writer.live.stat().st_size
        assert writer._lock is not None
        writer._lock._end()
        os.close(writer._lock._file)
        os.close(writer._file)
        os.truncate(live, data.draw(st.integers(self.synced_bytes[driver], size)))
        bury(live)

    @rule()
    def compact(self) -> None:
        if self.root.is_dir():
            compact(self.root)

    @rule()
    def open_reader(self) -> None:
        self.readers = [*self.readers[-2:], Store.open(self.root)]

    @invariant()
    def a_fresh_reader_finds_what_was_acknowledged(self) -> None:
        store = Store.open(self.root)
        assert {damage.reason for damage in store.damage} <= {"torn line"}
        for key in KEYS:
            entry = self._get(store, key)
            if key in self.acknowledged:
                assert entry is not None
                assert entry.is_finished
            if key in self.in_tables:
                assert entry == self.in_tables[key]

    @invariant()
    def an_old_reader_goes_on(self) -> None:
        for store in self.readers:
            for key in KEYS:
                if store.has("prediction", key) and key in self.acknowledged:
                    self._get(store, key)

    def teardown(self) -> None:
        if not hasattr(self, "root"):
            return
        for driver in sorted(self.drivers):
            self.end(driver)
        if self.root.is_dir():
            compact(self.root)
            finished = {key for key in KEYS if Store.open(self.root).has("prediction", key)}
            assert finished >= self.acknowledged
            target = self.root.parent / "all.jsonl"
            num_rows = export(self.root, target)
            assert len({line.split('"key":')[1][:3] for line in target.read_text().splitlines()}) == num_rows
        shutil.rmtree(self.root.parent)

    def _acknowledge(self, driver: int) -> None:
        store = self.drivers.get(driver)
        self.acknowledged |= {entry.key for entry in self.waiting[driver] if entry.is_finished}
        self.waiting[driver] = []
        if store is not None and store._writer is not None and store._writer.live is not None:
            self.synced_bytes[driver] = store._writer.live.stat().st_size

    def _get(self, store: Store, key: str) -> Entry | None:
        """Return what a store says of a key; a row that was seen before it was on the disk may have gone."""
        try:
            entry = store.get("prediction", key)
        except StoreError:
            assert key not in self.acknowledged
            return None
        assert entry is None or entry in self.written[key]
        return entry


StoreMachine.TestCase.settings = settings(
    max_examples=120,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestStoreMachine = StoreMachine.TestCase
