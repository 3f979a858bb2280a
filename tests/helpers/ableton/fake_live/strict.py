"""The rules by which Live's Python objects refuse calls, for classes that declare their members."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Version = tuple[int, int, int]
OLDEST: Version = (11, 0, 0)
DEFERRED = "Changes cannot be triggered by notifications. You will need to defer your response."

CLIPS_FROM_FILES = "clips from files"
"""In 11.3.25 and later of Live 11, in 12.0.5 and later of Live 12."""


class ArgumentError(TypeError):
    """The error that Boost.Python raises for wrong arguments."""


class Rules:
    """State shared by all objects of one Live: version, thread, running listeners, undo history."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.thread = threading.get_ident()
        self.notifying = 0
        self.history: list[list[Callable[[], None]]] = []
        self.undo_depth = 0
        self.writes: list[str] = []

    def has(self, since: Version | str) -> bool:
        """Return True if this version of Live has a member that was added in `since`."""
        if since == CLIPS_FROM_FILES:
            return self.has_clips_from_files
        assert isinstance(since, tuple)
        return self.version >= since

    @property
    def has_clips_from_files(self) -> bool:
        return (11, 3, 25) <= self.version < (12, 0, 0) or self.version >= (12, 0, 5)

    def check_thread(self) -> None:
        if threading.get_ident() != self.thread:
            raise RuntimeError("Live's API was used from another thread")

    def check_write(self, what: str) -> None:
        """Refuse a write from another thread or inside a listener; record it otherwise."""
        self.check_thread()
        if self.notifying:
            raise RuntimeError(DEFERRED)
        self.writes.append(what)

    def undoable(self, inverse: Callable[[], None]) -> None:
        """Add a change to the undo history, to the open step or as a new one."""
        if not self.undo_depth:
            self.history.append([])
        self.history[-1].append(inverse)


class LiveObject:
    """Base class of all objects: only declared attributes can be set; `==` compares the objects behind proxies."""

    def __init__(self, rules: Rules, **values: Any) -> None:
        object.__setattr__(self, "_rules", rules)
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_listeners", {})
        object.__setattr__(self, "_is_gone", False)

    def __setattr__(self, name: str, value: object) -> None:
        member = getattr(type(self), name, None) if not name.startswith("_") else None
        if not isinstance(member, Member):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r} that can be set")
        member.__set__(self, value)

    def __getattr__(self, name: str) -> Any:
        for start, end in (("add_", "_listener"), ("remove_", "_listener"), ("", "_has_listener")):
            if name.startswith(start) and name.endswith(end):
                member = getattr(type(self), name[len(start) : -len(end)], None)
                if isinstance(member, Member) and member.listens and self._rules.has(member.since):
                    return lambda callback, /: self._listen(start, member.name, callback)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _listen(self, what: str, name: str, callback: Callable[[], None]) -> bool | None:
        self._check_there()
        callbacks = self._listeners.setdefault(name, [])
        if not what:
            return callback in callbacks
        if (what == "add_") == (callback in callbacks):
            raise RuntimeError("Observer already connected" if what == "add_" else "Observer not connected")
        (callbacks.append if what == "add_" else callbacks.remove)(callback)
        return None

    def _check_there(self) -> None:
        self._rules.check_thread()
        if self._is_gone:
            raise RuntimeError("This object was deleted and is invalid")

    def _change(self, name: str, value: Any) -> None:
        """Change a value from inside Live, and call its listeners."""
        if self._values.get(name) == value:
            return
        self._values[name] = value
        self._notify(name)

    def _notify(self, name: str) -> None:
        self._rules.notifying += 1
        try:
            for callback in list(self._listeners.get(name, ())):
                callback()
        finally:
            self._rules.notifying -= 1

    def _delete(self) -> None:
        object.__setattr__(self, "_is_gone", True)


class Member:
    """A property: its type, whether it is writable and observable, and the version that added it."""

    def __init__(
        self, kind: Any, *, writable: bool = False, listens: bool = False, since: Version | str = OLDEST
    ) -> None:
        self.kind = kind
        self.writable = writable
        self.listens = listens
        self.since = since

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: LiveObject | None, owner: type) -> Any:
        if instance is None:
            return self
        instance._check_there()
        if not instance._rules.has(self.since):
            raise AttributeError(f"{owner.__name__!r} object has no attribute {self.name!r}")
        return self.read(instance)

    def read(self, instance: LiveObject) -> Any:
        return instance._values[self.name]

    def __set__(self, instance: LiveObject, value: Any) -> None:
        if not self.writable or not instance._rules.has(self.since):
            raise AttributeError(f"can't set attribute {self.name!r} of {type(instance).__name__}")
        instance._check_there()
        kinds = (float, int) if self.kind is float else (self.kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and self.kind is not bool):
            raise ArgumentError(f"{type(instance).__name__}.{self.name} = {value!r}: no {self.kind.__name__}")
        instance._rules.check_write(f"{type(instance).__name__}.{self.name}")
        self.write(instance, float(value) if self.kind is float else value)

    def write(self, instance: LiveObject, value: Any) -> None:
        check = getattr(instance, f"_check_{self.name}", None)
        if check is not None:
            check(value)
        before = instance._values[self.name]
        instance._rules.undoable(lambda: instance._change(self.name, before))
        instance._change(self.name, value)


class Computed(Member):
    """A read-only property that is computed by `of(instance)`, or is a list."""

    def __init__(self, of: Callable[[Any], Any], *, listens: bool = False, since: Version | str = OLDEST) -> None:
        super().__init__(object, listens=listens, since=since)
        self._of = of

    def read(self, instance: LiveObject) -> Any:
        return self._of(instance)


def method(*kinds: Any, since: Version | str = OLDEST, writes: bool = True) -> Callable[[Any], Any]:
    """Declare a method of Live: positional arguments only, of these types; `(type, None)` if optional."""

    def decorate(function: Callable[..., Any]) -> Any:
        return _Method(function, kinds, since, writes)

    return decorate


class _Method:
    def __init__(self, function: Callable[..., Any], kinds: tuple[Any, ...], since: Any, writes: bool) -> None:
        self._function, self._kinds, self._since, self._writes = function, kinds, since, writes

    def __get__(self, instance: LiveObject | None, owner: type) -> Any:
        if instance is None:
            return self
        name = self._function.__name__
        if not instance._rules.has(self._since):
            raise AttributeError(f"{owner.__name__!r} object has no attribute {name!r}")

        def call(*args: Any, **keywords: Any) -> Any:
            instance._check_there()
            if keywords:
                raise ArgumentError(f"{owner.__name__}.{name}() takes no keywords: {', '.join(keywords)}")
            needed = [kind for kind in self._kinds if not isinstance(kind, tuple)]
            if not len(needed) <= len(args) <= len(self._kinds):
                raise ArgumentError(f"{owner.__name__}.{name}{args}: wrong number of arguments")
            for kind, arg in zip(self._kinds, args, strict=False):
                wanted = kind[0] if isinstance(kind, tuple) else kind
                if not isinstance(arg, (float, int) if wanted is float else wanted) or isinstance(arg, bool):
                    raise ArgumentError(f"{owner.__name__}.{name}{args}: {arg!r} is no {wanted.__name__}")
            if self._writes:
                instance._rules.check_write(f"{owner.__name__}.{name}")
            return self._function(instance, *args)

        return call
