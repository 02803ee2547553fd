"""Lists of jobs: filters, views and pages."""

from __future__ import annotations

from contracts.suite import sources
from contracts.suite.answer import expect
from contracts.suite.bodies import command_job, plain_sweep
from contracts.suite.scenario import Scenarios, prepared, scenario
from contracts.suite.workspace import Workspace


class Listing(Scenarios):
    """The list of jobs; each scenario finds its own by a tag of its own."""

    @prepared
    def tag(self, workspace: Workspace) -> str:
        """The tag of this scenario's jobs."""
        return workspace.name("tag")

    @prepared
    def names(self, workspace: Workspace, tag: str) -> list[str]:
        """The names of a sweep and a command job that have the tag, oldest first."""
        names = [workspace.name("sweep"), workspace.name("command")]
        workspace.made(names[0], plain_sweep(workspace.surroundings, tags={tag: "1"}))
        workspace.made(names[1], command_job(workspace.surroundings, tags={tag: "1"}))
        return names

    @scenario("documented", sources.JOB_LIST)
    def test_a_tag_selects_the_jobs_that_have_it(self, workspace: Workspace, tag: str, names: list[str]) -> None:
        """`tag=NAME` lists exactly the jobs with that tag, newest first."""
        expect(names[::-1], workspace.names(tag=tag), workspace.last)

    @scenario("documented", sources.JOB_LIST)
    def test_an_item_is_the_job_s_document(self, workspace: Workspace, tag: str, names: list[str]) -> None:
        """An item of a list has id, name, type and the immutable properties that GET shows."""
        fixed = ("jobType", "displayName", "experimentName", "computeId", "services", "isArchived")
        for item in workspace.listed(tag=tag):
            document = workspace.job(item["name"]).json
            properties = {key: document["properties"][key] for key in fixed}
            expect({"id": document["id"], "type": document["type"], "properties": properties}, item, workspace.last)
        expect(sorted(names), sorted(workspace.names(tag=tag)), workspace.last)

    @scenario("documented", sources.JOB_LIST)
    def test_a_job_type_selects(self, workspace: Workspace, tag: str, names: list[str]) -> None:
        """`jobType` lists the jobs of that type."""
        expect(names[:1], workspace.names(tag=tag, jobType="Sweep"), workspace.last)
        expect(names[1:], workspace.names(tag=tag, jobType="Command"), workspace.last)

    @scenario("documented", sources.JOB_LIST)
    def test_a_property_selects(self, workspace: Workspace) -> None:
        """`properties=NAME=VALUE` lists the jobs whose property has that value."""
        key, names = workspace.name("key"), [workspace.name(value) for value in ("a", "b")]
        for name, value in zip(names, ("a", "b"), strict=True):
            workspace.made(name, command_job(workspace.surroundings, properties={key: value}))
        expect(names[1:], workspace.names(properties=f"{key}=b"), workspace.last)
        expect(sorted(names), sorted(workspace.names(properties=key)), workspace.last)

    @scenario("documented", sources.JOB_LIST)
    def test_archived_jobs_are_listed_when_asked_for(self, workspace: Workspace, tag: str, names: list[str]) -> None:
        """listViewType: ActiveOnly, the default, has no archived jobs; ArchivedOnly has only them; All has both."""
        workspace.history("PATCH", f"/runs/{names[0]}", {"hidden": True}).must_be(200)
        expect(names[1:], workspace.names(tag=tag), workspace.last)
        expect(names[1:], workspace.names(tag=tag, listViewType="ActiveOnly"), workspace.last)
        expect(names[:1], workspace.names(tag=tag, listViewType="ArchivedOnly"), workspace.last)
        expect(names[::-1], workspace.names(tag=tag, listViewType="All"), workspace.last)

    @scenario("documented", sources.JOB_LIST)
    def test_an_unknown_view_is_refused(self, workspace: Workspace) -> None:
        """A listViewType that does not exist answers 400."""
        workspace.arm("GET", "/jobs", listViewType="Some").must_be(400, {"error": {"code": "UserError"}})

    @scenario("documented", sources.JOB_LIST)
    def test_a_list_of_nothing_is_an_empty_list(self, workspace: Workspace, tag: str) -> None:
        """A filter that no job passes answers 200 with an empty list."""
        workspace.arm("GET", "/jobs", tag=tag).must_be(200, {"value": []})

    @scenario("inferred", "the recorded lists hold no trials of sweeps")
    def test_trials_are_not_listed(self, workspace: Workspace, tag: str) -> None:
        """The list of jobs holds a sweep, and not its trials."""
        name = workspace.name()
        workspace.made(name, plain_sweep(workspace.surroundings, tags={tag: "1"}))
        workspace.until_status(name, "Completed")
        expect([name], workspace.names(tag=tag, listViewType="All"), workspace.last)
        listed = [other for other in workspace.names(jobType="Command") if other.startswith(f"{name}_")]
        expect([], listed, "trials among the command jobs")


class Paging(Scenarios):
    """Pages of lists."""

    @scenario("documented", sources.JOB_LIST)
    def test_pages_hold_every_job_once(self, workspace: Workspace) -> None:
        """Following nextLink as it stands shows every job once, newest first, and the last page has none."""
        tag = workspace.name("tag")
        names = [workspace.name(str(place)) for place in range(_more_than_a_page(workspace))]
        for name in names:
            workspace.made(name, command_job(workspace.surroundings, tags={tag: "1"}))
        expect(names[::-1], workspace.names(tag=tag), workspace.last)

    @scenario("documented", sources.JOB_LIST)
    def test_a_full_page_has_a_next_one_and_the_last_has_none(self, workspace: Workspace) -> None:
        """Every page but the last is full and has a nextLink; the filter goes on in it."""
        tag, size = workspace.name("tag"), _more_than_a_page(workspace)
        for place in range(size):
            workspace.made(workspace.name(str(place)), command_job(workspace.surroundings, tags={tag: "1"}))
        sizes = [len(page.json["value"]) for page in workspace.pages("/jobs", tag=tag)]
        page = workspace.surroundings.page_size or size
        expect([*[page] * (size // page), *([size % page] if size % page else [])], sizes, "the sizes of the pages")

    @scenario("documented", sources.SDK)
    def test_pages_of_trials_hold_every_trial_once(self, workspace: Workspace) -> None:
        """The children of a sweep come in pages, by their index, every one once."""
        name, count = workspace.name(), _more_than_a_page(workspace)
        plays = [f"0.{place + 1}" for place in range(count)]
        limits = {"maxTotalTrials": count, "maxConcurrentTrials": count}
        body = plain_sweep(workspace.surroundings, searchSpace={"play": ["choice", [plays]]})
        body["properties"]["limits"] |= limits
        workspace.made(name, body)
        workspace.until_status(name, "Completed")
        runs = [run["runId"] for run in workspace.trials(name)]
        expect([f"{name}_{place}" for place in range(count)], runs, workspace.last)


def _more_than_a_page(workspace: Workspace) -> int:
    size = workspace.surroundings.page_size
    return size + 1 if size is not None and size <= 10 else 3
