"""Train a support vector machine on the iris data and log how well it does: one trial of the sweep."""

import argparse
import json
from pathlib import Path

import mlflow
from sklearn.datasets import load_iris
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--C", type=float, default=1.0, help="inverse strength of the regularisation")
    parser.add_argument("--kernel", default="rbf", choices=["rbf", "linear", "poly"])
    parser.add_argument("--coef0", type=float, default=0.0, help="independent term of the polynomial kernel")
    options = parser.parse_args()

    x, y = load_iris(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=0, stratify=y)
    model = SVC(C=options.C, kernel=options.kernel, coef0=options.coef0).fit(x_train, y_train)
    predicted = model.predict(x_test)

    with mlflow.start_run():
        mlflow.log_params(vars(options))
        mlflow.log_metric("training_accuracy", accuracy_score(y_train, model.predict(x_train)))
        mlflow.log_metric("test_accuracy", accuracy_score(y_test, predicted))
        mlflow.log_metric("test_f1", f1_score(y_test, predicted, average="macro"))

    outputs = Path("outputs")
    outputs.mkdir(exist_ok=True)
    (outputs / "support_vectors.json").write_text(json.dumps(model.support_vectors_.tolist()))


if __name__ == "__main__":
    main()
