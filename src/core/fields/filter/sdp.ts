import type { SipEntry } from "../../model/entry.js";
import type { Sdp } from "../../protocols/sdp/types.js";
import { some } from "../types.js";
import { type FilterField, type FilterType, fieldsOn } from "./types.js";

const wireshark = fieldsOn<SipEntry>(["sip"], "wireshark");

function sdp(name: string, type: FilterType, description: string, get: (sdp: Sdp) => ReturnType<FilterField["get"]>): FilterField {
	return wireshark(name, type, description, (entry) => (entry.sdp === undefined ? undefined : get(entry.sdp)), "content");
}

function lines(name: string, letter: string, description: string): FilterField {
	return sdp(name, "string", description, (one) => some(one.lines.filter(({ type }) => type === letter).map(({ value }) => value)));
}

const mediaAttributes = (one: Sdp) => one.media.flatMap(({ attributes }) => attributes);

/** SDP fields that take apart what JSON shows whole. */
export const SDP_FILTERS: readonly FilterField[] = [
	sdp("sdp", "presence", "there is SDP", () => true),
	lines("sdp.version", "v", "value of the v line"),
	lines("sdp.session_info", "i", "values of the i lines"),
	lines("sdp.uri", "u", "value of the u line"),
	lines("sdp.bandwidth", "b", "values of the b lines"),
	lines("sdp.time", "t", "values of the t lines"),
	sdp("sdp.owner.username", "string", "user in the o line", ({ origin }) => origin?.user),
	sdp("sdp.owner.sessionid", "string", "session id in the o line", ({ origin }) => origin?.sessionId),
	sdp("sdp.owner.version", "string", "session version in the o line", ({ origin }) => origin?.version),
	sdp("sdp.owner.address", "string", "address in the o line", ({ origin }) => origin?.address),
	sdp("sdp.connection_info.address", "string", "addresses of the c lines", ({ connection, media }) =>
		some([connection, ...media.map((one) => one.connection).filter((one) => one !== connection)].flatMap((one) => one?.address ?? [])),
	),
	sdp("sdp.media.media", "string", "kinds of media: audio, video, message …", ({ media }) => some(media.map((one) => one.media))),
	sdp("sdp.media.format", "string", "formats of the m lines", ({ media }) => some(media.flatMap(({ formats }) => formats))),
	sdp("sdp.session_attr.field", "string", "names of session attributes", ({ attributes }) => some(attributes.map(({ name }) => name))),
	sdp("sdp.session_attr.value", "string", "values of session attributes", ({ attributes }) =>
		some(attributes.flatMap(({ value }) => value ?? [])),
	),
	sdp("sdp.media_attribute.field", "string", "names of media attributes", (one) => some(mediaAttributes(one).map(({ name }) => name))),
	sdp("sdp.media_attribute.value", "string", "values of media attributes", (one) =>
		some(mediaAttributes(one).flatMap(({ value }) => value ?? [])),
	),
];
