import "../styles/base.css";
import "../styles/controls.css";
import "./styles/messages.css";
import "./styles/markdown.css";
import "./styles/code.css";
import "./styles/composer.css";
import "./styles/review.css";
import "./styles/conversations.css";
import { ChatView } from "./chatView.ts";
import { readKeptState } from "./keptState.ts";
import { openPort } from "../port.ts";
import type { FromView, ToView } from "../../chat/messages.ts";

const port = openPort<FromView, ToView>();
const view = new ChatView(document.body, {
	send: port.send,
	keep: port.keep,
	kept: readKeptState(port.kept),
});
port.listen((message) => view.receive(message));
port.send({ kind: "ready" });
