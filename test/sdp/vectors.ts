import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkSdp } from "../../src/core/checks/sdp/index.js";
import { parseSdp, type Sdp, type SdpMsrp } from "../../src/core/protocols/sdp/index.js";

export const DATA = fileURLToPath(new URL("../data/sdp/", import.meta.url));
export const CAPTURED = readdirSync(DATA);

export function captured(file: string): Buffer {
	return readFileSync(`${DATA}${file}`);
}

export function parseLines(...lines: string[]): Sdp {
	const octets = Buffer.from(lines.map((line) => `${line}\r\n`).join(""));
	return parseSdp(octets, 0, octets.length);
}

export const SESSION = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"];

/** A session with one MSRP media of the usual lines; `lines` replace those that begin alike, "-a=path" removes. */
export function msrpSdp(...lines: string[]): Sdp {
	const usual = ["m=message 7654 TCP/MSRP *", "a=accept-types:text/plain", "a=path:msrp://192.0.2.1:7654/abcd;tcp"];
	const all = [...SESSION, ...usual];
	for (const line of lines) {
		const remove = line.startsWith("-");
		const key = keyOf(remove ? line.slice(1) : line);
		const at = all.findIndex((candidate) => keyOf(candidate) === key);
		if (remove) all.splice(at, 1);
		else if (at >= 0) all[at] = line;
		else all.push(line);
	}
	return parseLines(...all);
}

export function msrpOf(...lines: string[]): SdpMsrp {
	return msrpSdp(...lines).media[0]!.msrp!;
}

export function findings(sdp: Sdp): string[] {
	return [...sdp.problems, ...checkSdp(sdp)].map(({ id, detail }) => (detail === undefined ? id : `${id}: ${detail}`));
}

function keyOf(line: string): string {
	return line.startsWith("a=") ? line.split(":")[0]! : line.slice(0, 2);
}
