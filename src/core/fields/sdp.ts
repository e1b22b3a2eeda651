import type { SipEntry } from "../model/entry.js";
import type { Sdp, SdpAttribute, SdpConnection, SdpMedia, SdpMsrp } from "../protocols/sdp/types.js";
import { type Field, type FieldType, own, some, wireshark } from "./types.js";

function attributeText({ line }: SdpAttribute): string {
	return line.value;
}

function media<T>(to: (media: SdpMedia) => T | readonly T[]): (entry: SipEntry) => readonly T[] | undefined {
	return ({ sdp }) => some(sdp?.media.flatMap(to));
}

/** A field of the first MSRP media description: more than one in one SDP is rare, and `sdp.media_attr` has them all. */
function msrp(name: string, type: FieldType, description: string, get: (msrp: SdpMsrp) => ReturnType<Field["get"]>): Field<SipEntry> {
	return own(`sdp.msrp.${name}`, type, `${description}, first MSRP media`, ({ sdp }) => {
		const found = sdp?.media.find((one) => one.msrp !== undefined)?.msrp;
		return found === undefined ? undefined : get(found);
	});
}

/** A media without c line has the session's connection. */
function connections({ connection, media }: Sdp): (SdpConnection | undefined)[] {
	return [connection, ...media.map((one) => one.connection).filter((one) => one !== connection)];
}

/** Fields of SIP messages with SDP. */
export const SDP_FIELDS: readonly Field<SipEntry>[] = [
	wireshark("sdp.owner", "string", "value of the o line", ({ sdp }) => sdp?.origin?.line.value),
	wireshark("sdp.session_name", "string", "value of the s line", ({ sdp }) => sdp?.sessionName),
	wireshark("sdp.connection_info", "strings", "values of the c lines, the session's first", ({ sdp }) =>
		some(sdp && connections(sdp).flatMap((one) => one?.line.value ?? [])),
	),
	wireshark("sdp.session_attr", "strings", "attributes of the session", ({ sdp }) => some(sdp?.attributes.map(attributeText))),
	wireshark(
		"sdp.media",
		"strings",
		"values of the m lines",
		media((one) => one.line.value),
	),
	wireshark(
		"sdp.media.port",
		"integers",
		"ports of the m lines",
		media((one) => one.port),
	),
	wireshark(
		"sdp.media.proto",
		"strings",
		"protocols of the m lines",
		media((one) => one.proto),
	),
	wireshark(
		"sdp.media_attr",
		"strings",
		"attributes of all media",
		media((one) => one.attributes.map(attributeText)),
	),
	msrp("path", "strings", "a=path", (one) => some(one.path)),
	msrp("accept_types", "strings", "a=accept-types", (one) => some(one.acceptTypes)),
	msrp("accept_wrapped_types", "strings", "a=accept-wrapped-types", (one) => some(one.acceptWrappedTypes)),
	msrp("max_size", "integer", "a=max-size", (one) => one.maxSize),
	msrp("setup", "string", "a=setup", (one) => one.setup),
	msrp("cema", "boolean", "a=msrp-cema is there", (one) => one.cema || undefined),
	msrp("chatroom", "strings", "a=chatroom", (one) => some(one.chatroom)),
	msrp("file.name", "string", "name in a=file-selector", (one) => one.fileSelector?.name),
	msrp("file.size", "integer", "size in a=file-selector", (one) => one.fileSelector?.size),
];
