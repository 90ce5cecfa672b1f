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
import { openPort } from "./port.ts";

const port = openPort((message) => view.receive(message));
const view = new ChatView(document.body, {
	send: port.send,
	keep: port.keep,
	kept: readKeptState(port.kept),
});
port.send({ kind: "ready" });
