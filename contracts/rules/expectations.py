"""What each kind of finding expects in the place where it was found."""

from __future__ import annotations

from collections.abc import Mapping

#: By the code of the finding; where the rule itself knows it better (enums, JSON types), it says so itself.
EXPECTED: Mapping[str, str] = {
    "BanditWithTwoSlacks": "one of slackFactor and slackAmount",
    "BanditWithoutSlack": "slackFactor or slackAmount",
    "BayesianWithPolicy": "no policy beside Bayesian sampling",
    "ConstantRange": "a minimum below the maximum",
    "Empty": "a text that is not empty",
    "EmptyChoice": "a list of at least one value",
    "EmptyLiteral": "a text that is not empty",
    "EmptySearchSpace": "at least one parameter",
    "InvalidArgument": "a finite number",
    "InvalidCount": "a number that is large enough",
    "InvalidDistribution": 'a distribution such as ["uniform", [0, 1]]',
    "InvalidDuration": "an ISO-8601 duration such as PT30M",
    "InvalidEnumValue": "one of the allowed values",
    "InvalidJobName": "1 to 255 letters, digits, - and _, a letter or digit first",
    "InvalidKey": "letters, digits and underscores, no digit first",
    "InvalidLogbase": 'a positive number other than 1, or "e"',
    "InvalidMetricName": "a name with at least one letter or digit",
    "InvalidShmSize": "a number and b, k, m or g, such as 2g",
    "InvalidUpper": "an integer of 1 or more",
    "Missing": "a value",
    "NegativeSigma": "a sigma of 0 or more",
    "NegativeValue": "0 or more",
    "NonPositiveStep": "a q above 0",
    "NotInApiVersion": "no such field in this api-version",
    "NullArgument": "a finite number",
    "PercentageOutOfRange": "an integer from 1 to 99",
    "RangeOverflow": "bounds whose power is a number",
    "ReversedRange": "a minimum below the maximum",
    "ShortTimeout": "PT1M or more",
    "SingleBraces": "${{...}} for a binding",
    "TooLong": "a shorter text",
    "TooMany": "fewer entries",
    "TrialsOutOfRange": "an integer from 1 to 1000",
    "UndefinedBinding": "names of parameters, inputs and outputs that the job has",
    "UnknownBinding": "bindings that begin with inputs., outputs. or search_space.",
    "UnknownField": "a field that the definitions have",
    "UnknownPriority": "1 (low), 2 (medium) or 3 (high)",
    "UnloggableMetric": "a name that MLflow takes",
    "UnsupportedDistribution": "a distribution that the sampling algorithm supports",
    "WrongType": "another JSON type",
}
