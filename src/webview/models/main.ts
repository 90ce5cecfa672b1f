import "../styles/base.css";
import "../styles/controls.css";
import "./styles/models.css";
import type { FromModelsView, ToModelsView } from "../../modelCatalog/messages.ts";
import { openPort } from "../port.ts";
import { keptRowId, ModelsView } from "./modelsView.ts";

const port = openPort<FromModelsView, ToModelsView>();
const view = new ModelsView(document.body, {
	send: port.send,
	keep: (selectedRowId) => port.keep({ selectedRowId }),
	selectedRowId: keptRowId(port.kept),
});
port.listen((message) => view.receive(message));
port.send({ kind: "ready" });
