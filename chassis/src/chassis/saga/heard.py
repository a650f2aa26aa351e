"""Until when silence counts against somebody: what was said later may lie unread, by us or by them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts.message import Command


@dataclass(frozen=True, slots=True)
class Heard:
    """`replies` is until when we have read all replies; `commands`, by topic, until when its reader has read all.

    A topic that is not named holds nothing back.
    """

    replies: datetime
    commands: Mapping[str, datetime] = field(default_factory=dict)

    def about(self, command: Command) -> datetime:
        """Until when silence about this command counts."""
        return min(self.replies, self.commands.get(command.topic, self.replies))
