import type { Problem } from "../../model/problem.js";
import type { Sdp, SdpMedia, SdpMsrp } from "../../protocols/sdp/index.js";
import { checkPath } from "./path.js";

const MAX_PROBLEMS = 100;

/**
 * What one session description says wrong about MSRP (RFC 4975 §8, 6135 §4.2, 6714 §4). Media that are rejected (port 0)
 * are not judged. Offsets count from the first octet of the SDP. Host names are never resolved: what only DNS could tell is no finding.
 * At most 100 findings are kept.
 */
export function checkSdp(sdp: Sdp): Problem[] {
	const problems: Problem[] = [];
	for (const media of sdp.media) {
		if (problems.length >= MAX_PROBLEMS) break;
		if (media.msrp !== undefined && media.port !== 0) checkMsrp(media, media.msrp, problems);
	}
	return problems.slice(0, MAX_PROBLEMS);
}

function checkMsrp(media: SdpMedia, msrp: SdpMsrp, problems: Problem[]): void {
	const offset = media.line.start;
	const length = media.line.end - offset;
	if (media.media !== "message") problems.push({ id: "sdp.msrp-media-not-message", offset, length, detail: `m=${media.media}` });
	if (media.formats.length !== 1 || media.formats[0] !== "*") {
		problems.push({ id: "sdp.msrp-format-not-star", offset, length, detail: media.formats.join(" ") });
	}
	if (msrp.acceptTypes === undefined || msrp.acceptTypes.length === 0) problems.push({ id: "sdp.msrp-no-accept-types", offset, length });
	if (msrp.setup === "holdconn") {
		const line = media.attributes.find(({ name }) => name === "setup")?.line ?? media.line;
		problems.push({ id: "sdp.setup-holdconn", offset: line.start, length: line.end - line.start });
	}
	checkPath(media, msrp, problems);
}
