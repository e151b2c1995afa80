"""Screen 9: the graph as a tree that is walked: each node's neighbours by what leads to them, read as it is opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static, Tree
from textual.widgets.tree import TreeNode

from kb.base import KnowledgeBase
from kb.graph import failures
from kb.tui.commands import Command
from kb.tui.frame import Export, Frame
from kb.walk import LEAVES, Branch, Node
from kb.words import counted

BASE = Node("base", "", "the base")
Told = Node | Branch | None
# Kind -> the filter that lists its samples.
_FILTERS: Mapping[str, str] = {
    "material": "components HAS", "mechanism": "mechanisms HAS", "process": "steps HAS",
}  # fmt: skip


class Graph(Frame):
    """A tree of neighbours; ``subject`` is the node it begins at, ``BASE`` for all."""

    KEY, NAME = "9", "Graph"
    FILTER = "a material, system, mechanism or paper to begin at"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Read it"),
        Binding("c", "centre", "Begin here"),
        Binding("backspace", "whole", "Begin at the base", show=False),
        Binding("w", "ways", "Ways to a failure"),
        Binding("m", "never_met", "Never met"),
        Binding("x", "fold", "Close all", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.subject = BASE
        self._suggested: list[Node] = []

    def body(self) -> ComposeResult:
        """Lay out the way to the node at hand, and the tree."""
        yield Static(id="way")
        tree: Tree[Told] = Tree("", id="tree")
        tree.show_root = True
        tree.guide_depth = 3
        yield tree

    @property
    def walked(self) -> Tree[Told]:
        """The tree."""
        return self.query_one("#tree", Tree)

    def on_mount(self) -> None:
        """Begin."""
        super().on_mount()
        self.walked.focus()

    def read(self) -> None:
        """Begin at the subject."""
        node = self.subject
        self.walked.reset(_line(node), node)
        self._unfold(self.walked.root)
        self._tell_way(self.walked.root)

    # Walking ---------------------------------------------------------------------------------------------------------

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Told]) -> None:
        """Read the neighbours of a node when it is opened."""
        if not event.node.children:
            self._unfold(event.node)

    def _unfold(self, at: TreeNode[Told]) -> None:
        node = at.data
        if not isinstance(node, Node):
            return

        def asked(base: KnowledgeBase) -> list[Branch]:
            return base.walk.beginnings() if node is BASE or node == BASE else base.walk.neighbours(node)

        self.ask(asked, partial(self._show, at), f"branch {at.id}")

    def _show(self, at: TreeNode[Told], branches: list[Branch]) -> None:
        at.remove_children()
        for branch in branches:
            head = Text.assemble((branch.name, "italic"), (f"  {len(branch.nodes)}{'+' if branch.more else ''}", "dim"))
            # What has one neighbour, or few branches with few, is read at a glance.
            under = at.add(head, branch, expand=at.data != BASE and len(branch.nodes) <= 8)
            for node in branch.nodes:
                _add(under, node)
            if branch.more:
                under.add_leaf(Text("more than are shown; 2 lists them by a filter", "dim italic"), None)
        if not branches:
            at.add_leaf(Text("nothing in the base" if at.data == BASE else "nothing leads on from here", "dim"), None)
        at.expand()

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[Told]) -> None:
        """Say how one came here."""
        self._tell_way(event.node)

    def _tell_way(self, at: TreeNode[Told]) -> None:
        steps: list[str] = []
        place: TreeNode[Told] | None = at
        while place is not None:
            data = place.data
            steps.insert(0, data.label if isinstance(data, Node) else f"({data.name})" if data else "…")
            place = place.parent
        text = Text(" › ".join(steps), no_wrap=True)
        width = max(self.app.size.width - 2, 10)
        if text.cell_len > width:
            text = Text("… " + text.plain[-(width - 2) :], no_wrap=True)
        self.query_one("#way", Static).update(text)

    @property
    def here(self) -> Node | None:
        """The node below the cursor; of a branch, the one it belongs to."""
        at = self.walked.cursor_node
        while at is not None and not isinstance(at.data, Node):
            at = at.parent
        return None if at is None or not isinstance(at.data, Node) else at.data

    def action_centre(self) -> None:
        """Begin anew at the node below the cursor."""
        node = self.here
        if node is None or node.kind in (*LEAVES, "base"):
            self.tell("nothing leads on from here")
        else:
            self.browser.go(self.KEY, node)

    def action_whole(self) -> None:
        """Begin at the base."""
        self.browser.go(self.KEY, BASE)

    def action_fold(self) -> None:
        """Close what was opened below the root."""
        for child in self.walked.root.children:
            child.collapse_all()

    def action_open(self) -> None:
        """Go to the screen that has all of it."""
        node = self.here
        if node is None or node == BASE:
            self.tell("nothing to read here; 2 lists candidates")
        elif node.kind == "paper":
            self.browser.go("4", (node.node, None))
        elif node.kind in _FILTERS:
            self.browser.go("2", f'{_FILTERS[node.kind]} "{node.node if node.kind != "material" else node.label}"')
        elif node.kind in ("system", "experiment", "measurement"):
            paper = self._paper_above()
            self.ask(lambda base: base.walk.place(node, paper), self._go_to_candidate, "place")
        else:
            self.tell(f"a {node.kind} has no screen of its own; enter opens what leads on from it")

    def _paper_above(self) -> int | None:
        at = self.walked.cursor_node
        while at is not None:
            if isinstance(at.data, Node) and at.data.kind == "paper":
                return int(at.data.node)
            at = at.parent
        return None

    def _go_to_candidate(self, place: tuple[int, int, int | None] | None) -> None:
        if place is None:
            self.tell("the base has no measurement of it any more")
        else:
            self.browser.go("3", place)

    # Finding ---------------------------------------------------------------------------------------------------------

    def filtering(self, text: str) -> None:
        """Say what has the words, as they are typed."""
        self.ask(lambda base: base.walk.named(text, 20), self._suggest, "named")

    def _suggest(self, found: list[Node]) -> None:
        self._suggested = found
        said = ", ".join(node.label for node in found[:6]) + (" …" if len(found) > 6 else "")
        self.tell(f"enter begins at the first of: {said}" if found else "")

    def filtered(self, text: str) -> None:
        """Begin at the best of what has the words."""
        if text.strip():
            self.ask(lambda base: base.walk.named(text, 1), partial(self._begin, text), "named")

    def _begin(self, text: str, found: list[Node]) -> None:
        if found:
            self.tell("")
            self.browser.go(self.KEY, found[0])
            self.walked.focus()
        else:
            self.tell(f"nothing has the name {text.strip()!r}")

    # Questions to the whole graph ------------------------------------------------------------------------------------

    def action_ways(self) -> None:
        """Choose a failure mode, and show the shortest ways there."""
        from kb.tui.dialogs import Choose

        node = self.here
        if node is None or node.kind != "material":
            self.tell("put the cursor on a material first: the ways from it to a failure mode are shown")
            return

        def take(failure: str | None) -> None:
            if failure is not None:
                self.tell("reading the whole graph …")
                self.ask(lambda base: base.paths(node.label, failure), partial(self._show_ways, node, failure), "ways")

        self.app.push_screen(Choose(f"From {node.label} to", [*failures()]), take)

    def _show_ways(self, node: Node, failure: str, ways: list[list[dict[str, Any]]]) -> None:
        self.tell(f"{counted(len(ways), 'way')} from {node.label} to {failure}; backspace goes to the base")
        self.walked.reset(Text(f"ways from {node.label} to {failure}", "bold"), None)
        for way in ways:
            at = self.walked.root
            for number, step in enumerate(way):
                kind, _, row = step["node"].partition(":")
                there = Node(kind, int(row) if row.isdigit() else row, step["label"], step["by"].replace("_", " "))
                at = at.add(_line(there), there, expand=number < len(way) - 1)
        if not ways:
            self.walked.root.add_leaf(Text("no way leads there in this base", "dim"), None)
        self.walked.root.expand()

    def action_never_met(self) -> None:
        """Show pairs of coatings that share a mechanism and were never in one test."""
        self.tell("reading what was tested …")
        self.ask(lambda base: base.never_met(), self._show_pairs, "ways")

    def _show_pairs(self, pairs: list[dict[str, Any]]) -> None:
        self.tell(f"{counted(len(pairs), 'pair')} never in one test; backspace goes to the base")
        self.walked.reset(Text("share a mechanism and were never in the same test", "bold"), None)
        for pair in pairs:
            head = Text.assemble(pair["one"], ("  and  ", "dim"), pair["two"])
            under = self.walked.root.add(head, None)
            for name in pair["mechanisms"]:
                _add(under, Node("mechanism", name, name, "both work by it"))
        if not pairs:
            self.walked.root.add_leaf(Text("none in this base", "dim"), None)
        self.walked.root.expand()

    # Taking away -----------------------------------------------------------------------------------------------------

    def copied(self) -> str:
        """Give the label of the node."""
        node = self.here
        return "" if node is None else node.label

    def exported(self) -> Export | None:
        """Give what is open in the tree, a node a row."""
        rows = list(_rows(self.walked.root))
        return Export("graph", ("depth", "by", "kind", "label", "note"), lambda _: rows) if rows else None

    def commands(self) -> Iterable[Command]:
        """Offer the failure modes to begin at."""
        for name in failures():
            node = Node("failure", name, name)
            yield Command(f"Graph: {name}", "failure mode", partial(self.browser.go, self.KEY, node))


def _line(node: Node) -> Text:
    text = Text(node.label, "bold" if node.kind in ("base", "material", "paper") else "")
    said = node.note or ("" if node.kind == "base" else node.kind)
    return text.append(f"  {said}", "dim not bold") if said else text


def _add(under: TreeNode[Told], node: Node) -> None:
    if node.kind in LEAVES:
        under.add_leaf(_line(node), node)
    else:
        under.add(_line(node), node)


def _rows(at: TreeNode[Told], depth: int = 0, by: str = "") -> Iterator[dict[str, Any]]:
    if isinstance(at.data, Node):
        yield {"depth": depth, "by": by, "kind": at.data.kind, "label": at.data.label, "note": at.data.note}
    name = at.data.name if isinstance(at.data, Branch) else by
    for child in at.children:
        yield from _rows(child, depth + isinstance(at.data, Node), name)
