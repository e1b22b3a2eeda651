import type { LadderData } from "../core/report/data.js";
import { DetailsPanel } from "./details.js";
import { byId, readData } from "./dom.js";
import { LadderView } from "./ladder-view.js";
import { addTheme } from "./theme.js";
import { addTools } from "./tools.js";

/** Puts life into the page. */
export function start(): void {
	addTheme(byId("theme"));
	const data = readData<LadderData>("ladder");
	if (data === undefined) return;
	const root = byId("ladder-view");
	const panel = byId("details");
	const details = new DetailsPanel(panel, data);
	const view = new LadderView(
		root,
		data,
		(row) => {
			if (row !== undefined) details.show(row);
		},
		() => details.focus(),
	);
	const tools = addTools(byId("tools"), data, view);
	panel.addEventListener("keydown", (event) => {
		if (event.key === "Escape") view.focus();
	});
	const follow = (): void => {
		const number = /^#m(\d+)$/.exec(location.hash)?.[1];
		if (number === undefined) return;
		if (!view.show(Number(number))) {
			tools.clear();
			if (!view.show(Number(number))) tools.say(`#${number} is not in this report`);
		}
		byId("ladder").scrollIntoView();
		view.focus();
	};
	addEventListener("hashchange", follow);
	// A link to the message that is current already changes nothing in the address.
	document.addEventListener("click", (event) => {
		const link = (event.target as Element).closest?.("a");
		if (link?.getAttribute("href") === location.hash) follow();
	});
	follow();
	printing(root, view);
}

function printing(root: HTMLElement, view: LadderView): void {
	const paper = matchMedia("print");
	let sheets: HTMLElement | undefined;
	const change = (): void => {
		sheets?.remove();
		sheets = undefined;
		const screen = root.firstElementChild as HTMLElement;
		screen.hidden = paper.matches;
		if (!paper.matches) return;
		sheets = view.printed();
		root.append(sheets);
	};
	paper.addEventListener("change", change);
	change();
}

start();
