import "uplot/dist/uPlot.min.css";
import "../styles/base.css";
import "../styles/controls.css";
import "./styles/statistics.css";
import type { FromStatisticsView, ToStatisticsView } from "../../statistics/messages.ts";
import { openPort } from "../port.ts";
import { StatisticsPage } from "./statisticsPage.ts";

const port = openPort<FromStatisticsView, ToStatisticsView>();
const page = new StatisticsPage(document.body, port.send);
port.listen((message) => page.receive(message));
port.send({ kind: "ready" });
