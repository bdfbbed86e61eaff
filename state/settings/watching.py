"""The settings of a process that lives long: read at the start, and again when the file is another than it was."""

from state.settings.file import mark_of, read_file, settings_path
from state.settings.resolution import Given, Settings, resolve


class SettingsSource:
    """The settings as they are now. One call costs one look at the file's times; who edits it need not restart the server.

    What was mended on reading is kept until somebody takes it to say it. May be used from several threads: at worst both read the file.
    """

    def __init__(self, given: Given) -> None:
        self.given = given
        self._path = settings_path(given.environment, given.directory)
        self._notes: list[str] = []
        self._settings = self._read()

    def current(self) -> Settings:
        """The settings, read anew where the file changed."""
        if mark_of(self._path) != self._settings.file.mark:
            self._settings = self._read()
        return self._settings

    def take_notes(self) -> tuple[str, ...]:
        """What was mended and not yet said; the next call has nothing of it any more."""
        notes, self._notes = self._notes, []
        return tuple(notes)

    def _read(self) -> Settings:
        file = read_file(self._path)
        self._notes += file.notes
        return resolve(self.given, file)
