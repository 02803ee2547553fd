"""What is refused, how, and that a refusal leaves nothing behind."""

from __future__ import annotations

import copy
from typing import Any

from contracts.suite import sources
from contracts.suite.answer import expect
from contracts.suite.bodies import Json, command_job, plain_sweep
from contracts.suite.difference import ANYTHING, Like, having, text
from contracts.suite.scenario import Scenarios, prepared, scenario
from contracts.suite.workspace import Workspace

_USER_ERROR = {"error": {"code": "UserError", "message": text(r"(?s).+")}}


class RefusedSweeps(Scenarios):
    """Sweeps that cannot be carried out are refused by PUT: the official client checks next to nothing."""

    @prepared
    def refused(self, workspace: Workspace) -> Any:
        """Puts a sweep with changed properties, which has to be refused, and looks whether it left something."""

        def put(mention: str, **changes: Any) -> Any:
            body = plain_sweep(workspace.surroundings)
            for path, value in changes.items():
                _set(body["properties"], path.split("__"), value)
            name = workspace.name()
            answer = workspace.put_job(name, body)
            content = answer.must_be(400, _USER_ERROR)
            expect(having(mention), str(content["error"]), f"the refusal of {workspace.last}")
            workspace.arm("GET", f"/jobs/{name}").must_be(404)
            return content

        return put

    @scenario("documented", sources.DEFINITIONS)
    def test_an_unknown_goal_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """A goal other than minimize and maximize is refused; the error names the field."""
        refused("goal", objective__goal="up")

    @scenario("inferred", sources.NOT_PUBLISHED)
    def test_an_empty_search_space_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """A search space without a parameter is refused."""
        refused("searchSpace", searchSpace={}, trial__command="true")

    @scenario("documented", sources.HYPERDRIVE)
    def test_a_minimum_above_the_maximum_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """A uniform distribution whose minimum is above its maximum is refused."""
        refused("play", searchSpace={"play": ["uniform", [2, 1]]}, samplingAlgorithm=_RANDOM)

    @scenario("documented", sources.HYPERDRIVE)
    def test_a_choice_of_nothing_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """A choice without values is refused."""
        refused("play", searchSpace={"play": ["choice", [[]]]})

    @scenario("inferred", sources.NOT_PUBLISHED)
    def test_null_bounds_are_refused(self, workspace: Workspace, refused: Any) -> None:
        """Distribution arguments that are null, as the official client sends them, are refused."""
        refused("play", searchSpace={"play": ["uniform", [None, None]]}, samplingAlgorithm=_RANDOM)

    @scenario("documented", sources.TUNING)
    def test_a_grid_over_a_range_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """Grid sampling takes nothing but choices."""
        refused("play", searchSpace={"play": ["uniform", [0, 1]]})

    @scenario("documented", sources.TUNING)
    def test_bayesian_over_a_normal_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """Bayesian sampling takes nothing but choice, uniform and quniform."""
        bayesian = {"samplingAlgorithmType": "Bayesian"}
        refused("play", searchSpace={"play": ["normal", [0, 1]]}, samplingAlgorithm=bayesian)

    @scenario("recorded", sources.RECORDED_UNDEFINED)
    def test_an_undefined_parameter_is_accepted(self, workspace: Workspace) -> None:
        """A command that uses a parameter which the search space does not have is accepted."""
        body = plain_sweep(workspace.surroundings)
        body["properties"]["trial"]["command"] = "echo ${{search_space.nowhere}}"
        workspace.put_job(workspace.name(), body).must_be(201, {"properties": {"status": "Running"}})

    @scenario("inferred", sources.NOT_PUBLISHED)
    def test_an_undefined_input_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """A command that uses an input which the job does not have is refused."""
        refused("nowhere", trial__command="echo ${{search_space.play}} ${{inputs.nowhere}}")

    @scenario("documented", sources.DEFINITIONS)
    def test_a_missing_objective_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """A sweep without an objective is refused."""
        refused("objective", objective=None)

    @scenario("documented", sources.DEFINITIONS)
    def test_a_missing_environment_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """A trial without an environment is refused."""
        refused("environment", trial__environmentId=None)

    @scenario("documented", sources.TUNING)
    def test_a_truncation_beyond_its_range_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """A truncation percentage outside 1 to 99 is refused."""
        policy = {"policyType": "TruncationSelection", "truncationPercentage": 100}
        refused("truncationPercentage", earlyTermination=policy)

    @scenario("documented", sources.TUNING)
    def test_too_many_trials_are_refused(self, workspace: Workspace, refused: Any) -> None:
        """More than 1000 trials are refused."""
        refused("maxTotalTrials", limits__maxTotalTrials=1001)

    @scenario("documented", sources.TUNING)
    def test_no_trials_are_refused(self, workspace: Workspace, refused: Any) -> None:
        """A maximum of no trials is refused."""
        refused("maxTotalTrials", limits__maxTotalTrials=0)

    @scenario("documented", sources.DEFINITIONS)
    def test_a_wrong_type_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """A text where a number belongs is refused; the error names the field."""
        refused("maxTotalTrials", limits__maxTotalTrials="many")

    @scenario("documented", sources.DEFINITIONS)
    def test_an_unknown_algorithm_is_refused(self, workspace: Workspace, refused: Any) -> None:
        """A sampling algorithm that does not exist is refused."""
        refused("amplingAlgorithm", samplingAlgorithm={"samplingAlgorithmType": "Oracle"})


class Refusals(Scenarios):
    """The envelope of refusals, and requests that go astray."""

    @scenario("recorded", sources.RECORDED_REFUSAL)
    def test_a_refusal_has_arm_s_envelope(self, workspace: Workspace) -> None:
        """A refusal has code, message, details and, as additionalInfo, component, correlation and time."""
        answer = workspace.put_job(workspace.name(), plain_sweep(workspace.surroundings, searchSpace={}))
        error = answer.must_be(400, {"error": {"code": "UserError", "details": _LIST, "additionalInfo": _LIST}})[
            "error"
        ]
        types = {item.get("type") for item in error["additionalInfo"] if isinstance(item, dict)}
        for wanted in ("ComponentName", "Correlation", "Time"):
            expect(True, wanted in types, f"additionalInfo has {wanted}")

    @scenario("recorded", sources.RECORDED_MEMBER)
    def test_a_member_that_a_version_does_not_have_is_refused(self, workspace: Workspace) -> None:
        """From 2025-01-01-preview on a member that an object's type does not have is refused."""
        outputs = {"out": {"jobOutputType": "uri_folder", "assetName": "a", "assetVersion": "2"}}
        body = command_job(workspace.surroundings, outputs=outputs)
        answer = workspace.arm("PUT", f"/jobs/{workspace.name()}", body, api="2025-01-01-preview")
        text_ = r"Could not find member 'assetVersion' on object of type 'UriFolderJobOutput'\. Path .+"
        detail = {"code": "RequestInvalid", "message": text(text_)}
        message = "Request is invalid and/or missing fields."
        answer.must_be(400, {"error": {"code": "UserError", "message": message, "details": [detail]}})

    @scenario("documented", sources.DEFINITIONS)
    def test_a_bad_name_is_refused(self, workspace: Workspace) -> None:
        """A job name with a blank is refused."""
        answer = workspace.put_job("bad%20name", plain_sweep(workspace.surroundings))
        answer.must_be(400, _USER_ERROR)

    @scenario("documented", sources.ARM)
    def test_a_body_that_is_no_json_is_refused(self, workspace: Workspace) -> None:
        """A body that is not JSON is refused as a bad request, in ARM's envelope."""
        answer = workspace.arm("PUT", f"/jobs/{workspace.name()}", b"{not json")
        answer.must_be(400, {"error": {"code": ANYTHING, "message": ANYTHING}})

    @scenario("documented", sources.DEFINITIONS)
    def test_a_body_without_properties_is_refused(self, workspace: Workspace) -> None:
        """A body without properties is refused."""
        workspace.put_job(workspace.name(), {}).must_be(400, {"error": {"code": ANYTHING, "message": ANYTHING}})

    @scenario("documented", sources.DEFINITIONS)
    def test_a_command_job_without_a_command_is_refused(self, workspace: Workspace) -> None:
        """A command job without a command is refused."""
        body = command_job(workspace.surroundings)
        del body["properties"]["command"]
        workspace.put_job(workspace.name(), body).must_be(400, _USER_ERROR)

    @scenario("recorded", sources.RECORDED_REFUSAL)
    def test_a_missing_job_is_not_found(self, workspace: Workspace) -> None:
        """GET of a job that does not exist answers 404 UserError and names the job."""
        name = workspace.name()
        error = {"code": "UserError", "message": having(name)}
        workspace.arm("GET", f"/jobs/{name}").must_be(404, {"error": error})

    @scenario("recorded", sources.RECORDED_REFUSAL)
    def test_a_missing_run_is_not_found(self, workspace: Workspace) -> None:
        """Run history answers 404 UserError for a run that does not exist."""
        name = workspace.name()
        error = {"code": "UserError", "message": f"Run {name} was not found."}
        workspace.history("GET", f"/runs/{name}").must_be(404, {"error": error})

    @scenario("recorded", sources.RECORDED_REFUSAL)
    def test_a_missing_job_cannot_be_canceled(self, workspace: Workspace) -> None:
        """Cancel of a job that does not exist answers 404."""
        answer = workspace.arm("POST", f"/jobs/{workspace.name()}/cancel")
        answer.must_be(404, {"error": {"code": "UserError"}})

    @scenario("documented", sources.ARM)
    def test_a_request_without_api_version_is_refused(self, workspace: Workspace) -> None:
        """A request without api-version answers 400 MissingApiVersionParameter."""
        answer = workspace.send("GET", f"{workspace.id}/jobs")
        answer.must_be(400, {"error": {"code": "MissingApiVersionParameter"}})

    @scenario("documented", sources.ARM)
    def test_an_unknown_path_is_not_found(self, workspace: Workspace) -> None:
        """A path of the workspace that means nothing answers 404 in ARM's envelope."""
        workspace.arm("GET", "/nothing/of/this").must_be(404, {"error": {"code": ANYTHING, "message": ANYTHING}})

    @scenario("documented", sources.ARM)
    def test_a_malformed_api_version_is_refused(self, workspace: Workspace) -> None:
        """An api-version that is not a date answers 400."""
        workspace.arm("GET", "/jobs", api="newest").must_be(400, {"error": {"code": text("Invalid.*")}})


class SignIn(Scenarios):
    """Requests without a valid token."""

    @scenario("documented", sources.ARM)
    def test_a_request_without_a_token_is_challenged(self, workspace: Workspace) -> None:
        """Without a token the answer is 401 with a WWW-Authenticate header that says where to get one."""
        url = f"{workspace.id}/jobs/{workspace.name()}?api-version=2024-01-01-preview"
        challenge = {"www-authenticate": text("Bearer authorization_uri=.*")}
        workspace.send("GET", url, signed_in=False).must_be(401, {"error": {"code": "AuthenticationFailed"}}, challenge)

    @scenario("documented", sources.ARM)
    def test_a_token_that_is_none_is_refused(self, workspace: Workspace) -> None:
        """A bearer token that is not a token answers 401 InvalidAuthenticationToken."""
        url = f"{workspace.id}/jobs/{workspace.name()}?api-version=2024-01-01-preview"
        headers = {"Authorization": "Bearer nonsense"}
        answer = workspace.send("GET", url, headers=headers, signed_in=False)
        answer.must_be(401, {"error": {"code": "InvalidAuthenticationToken"}})

    @scenario("documented", sources.SDK)
    def test_the_data_plane_wants_a_token_too(self, workspace: Workspace) -> None:
        """Run history answers 401 without a token."""
        url = f"/history/v1.0{workspace.id}/runs/{workspace.name()}"
        workspace.send("GET", url, signed_in=False).must_be(401)


_RANDOM = {"samplingAlgorithmType": "Random"}
_LIST = Like("a list", lambda value: isinstance(value, list))


def _set(properties: Json, path: list[str], value: Any) -> None:
    *outer, last = path
    for key in outer:
        properties[key] = copy.deepcopy(properties[key])
        properties = properties[key]
    if value is None:
        properties.pop(last, None)
    else:
        properties[last] = value
