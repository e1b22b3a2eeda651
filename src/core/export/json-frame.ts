import type { Entry } from "../model/entry.js";
import type { Moment } from "../model/time.js";
import { jsonString, jsonStrings } from "./json-string.js";

/**
 * The fields of FRAME_FIELDS, written out by hand: they are on every line, and a loop over their definitions
 * took a third of the time of a line. A test holds the two together.
 */
export function jsonFrame(entry: Entry): string {
	const { at, began, flow, links } = entry;
	let out = `{"entry":${entry.number},"protocol":"${entry.protocol}"`;
	if (at.packet > 0) out += `,"frame.number":${at.packet}`;
	out += `,"frame.time_epoch":"${epoch(at)}"`;
	if (began.nsec !== at.nsec || began.sec !== at.sec) out += `,"began":"${epoch(began)}"`;
	const from = jsonString(entry.from.address);
	const to = jsonString(entry.to.address);
	out += entry.from.address.includes(":") ? `,"ipv6.src":${from},"ipv6.dst":${to}` : `,"ip.src":${from},"ip.dst":${to}`;
	out +=
		flow.transport === "tcp"
			? `,"tcp.srcport":${entry.from.port},"tcp.dstport":${entry.to.port}`
			: `,"udp.srcport":${entry.from.port},"udp.dstport":${entry.to.port}`;
	out += `,"flow":${flow.id},"direction":${entry.dir},"carrier":"${entry.over}"`;
	if (flow.tunnels.length > 0) out += `,"tunnels":${jsonStrings(flow.tunnels)}`;
	out += `,"offset":${entry.offset},"length":${entry.length}`;
	if (links.session !== undefined) out += `,"session":${jsonString(links.session)}`;
	if (links.dialog !== undefined) out += `,"dialog":${jsonString(links.dialog)}`;
	if (links.answers !== undefined) out += `,"answers":${links.answers}`;
	if (links.repeats !== undefined) out += `,"repeats":${links.repeats}`;
	if (links.chat !== undefined) out += `,"chat":${jsonString(links.chat)}`;
	return out;
}

function epoch(at: Moment): string {
	const nsec = String(at.nsec);
	return `${at.sec}.${nsec.length === 9 ? nsec : nsec.padStart(9, "0")}`;
}
