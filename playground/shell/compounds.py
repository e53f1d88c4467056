"""Commands made of commands: conditions, loops, choices; and what counts as a failure in them."""

from playground.shell import ast
from playground.shell.control import LoopExit, ShellExit
from playground.shell.globs import like
from playground.shell.launcher import Launcher
from playground.shell.shell_base import UNBOUND
from playground.shell.source_text import word_text
from playground.shell.state import ShellFailed
from playground.shell.streams import decoded, is_reader


class Compounds(Launcher):
    """The part of a shell that decides which commands run, and how often."""

    async def _failed(self, status: int) -> None:
        """Where a failure counts: the trap for it runs, and with ``set -e`` the shell ends."""
        if not status or self._unchecked:
            return
        trap = self.state.traps.get("ERR")
        if trap and (not self.state.frames or self.state.on("errtrace")) and not self._trapping:
            self._trapping = True
            self.state.status = status
            try:
                await self.run_text(trap)
            finally:
                self._trapping = False
        if self.state.on("errexit"):
            raise ShellExit(status)

    async def _condition(self, command: ast.Command) -> int:
        self._unchecked += 1
        try:
            return await self.execute(command)
        finally:
            self._unchecked -= 1

    async def _and_or(self, command: ast.AndOr) -> int:
        last = len(command.rest) - 1
        status = await self._condition(command.first)
        for index, (operator, following) in enumerate(command.rest):
            if (status == 0) == (operator == "&&"):
                status = await (self.execute(following) if index == last else self._condition(following))
        return status

    async def _if(self, branches: tuple[tuple[ast.Sequence, ast.Sequence], ...], otherwise: ast.Sequence | None) -> int:
        for condition, body in branches:
            if await self._condition(condition) == 0:
                return await self.execute(body)
        return 0 if otherwise is None else await self.execute(otherwise)

    async def _loop_body(self, body: ast.Sequence) -> bool:
        """Run a loop's body once; True when the loop shall end."""
        self.loops += 1
        try:
            await self.execute(body)
        except LoopExit as left:
            if left.levels > 1 and self.loops > 1:
                raise LoopExit(left.levels - 1, left.again) from None
            self.state.status = 0
            return not left.again
        finally:
            self.loops -= 1
        return False

    async def _while(self, command: ast.While) -> int:
        status = 0
        while True:
            await self.loop.sleep(1)
            self.loops += 1
            try:
                holds = (await self._condition(command.condition) == 0) != command.until
            except LoopExit as left:
                if left.levels > 1 and self.loops > 1:
                    raise LoopExit(left.levels - 1, left.again) from None
                return 0
            finally:
                self.loops -= 1
            if not holds:
                return status
            ended = await self._loop_body(command.body)
            status = self.state.status
            if ended:
                return status

    async def _for(self, command: ast.For) -> int:
        if command.words is None:
            values = list(self.state.parameters())
        else:
            values = await self.expander.arguments(command.words)
        if command.select:
            return await self._select(command, values)
        status = 0
        for value in values:
            await self.loop.sleep(1)
            if self.state.on("xtrace"):
                await self.trace(f"for {command.name} in {' '.join(map(word_text, command.words or ()))}".rstrip())
            self.state.assign(command.name, value)
            ended = await self._loop_body(command.body)
            status = self.state.status
            if ended:
                break
        return status

    async def _select(self, command: ast.For, values: list[str]) -> int:
        """A menu, and a choice from it, again and again until the input ends or the body breaks out."""
        stdin = self.streams.get(0)
        if not values or not is_reader(stdin):
            return 0
        menu = "".join(f"{number:{len(str(len(values)))}}) {value}\n" for number, value in enumerate(values, 1))
        shown = True
        status = 0
        while True:
            prompt = self.state.lookup("PS3")
            await self.write_error((menu if shown else "") + ("#? " if prompt is None else prompt))
            line = decoded(await stdin.readline())
            if not line:
                await self.write("\n")
                return 1
            answer = line.strip()
            shown = not answer
            if shown:
                continue
            chosen = int(answer) - 1 if answer.isascii() and answer.isdigit() and len(answer) < 9 else -1
            self.state.assign("REPLY", line.removesuffix("\n"))
            self.state.assign(command.name, values[chosen] if 0 <= chosen < len(values) else "")
            ended = await self._loop_body(command.body)
            status = self.state.status
            if ended:
                return status

    async def _for_arithmetic(self, command: ast.ForArithmetic) -> int:
        number = self.expander.number
        await number(command.first)
        status = 0
        while True:
            await self.loop.sleep(1)
            if (await self.expander.text(command.condition)).strip() and not await number(command.condition):
                return status
            ended = await self._loop_body(command.body)
            status = self.state.status
            if ended:
                return status
            await number(command.step)

    async def _case(self, command: ast.Case) -> int:
        subject = await self.expander.text(command.subject)
        if self.state.on("xtrace"):
            await self.trace(f"case {word_text(command.subject)} in")
        status = 0
        falling = False
        for patterns, body, end in command.clauses:
            if not falling:
                for pattern in patterns:
                    if like(await self.expander.pattern(pattern), subject, self.state.shopts.get("nocasematch", False)):
                        break
                else:
                    continue
            status = await self.execute(body)
            if end == ";;":
                break
            falling = end == ";&"
        return status

    async def _arithmetic_command(self, expression: ast.Word) -> int:
        try:
            return int(await self.expander.number(expression) == 0)
        except ShellFailed as error:
            if error.status == UNBOUND:
                raise
            await self.complain(f"((: {error}")
            return 1
