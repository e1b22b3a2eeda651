import { SDP_FIELDS } from "../fields/sdp.js";
import type { SipEntry } from "../model/entry.js";
import type { Sdp } from "../protocols/sdp/types.js";
import { type JsonWriter, memberPrefix } from "./json-writer.js";

const MEDIA = memberPrefix("sdp.media");
const PORT = memberPrefix("sdp.media.port");
const PROTO = memberPrefix("sdp.media.proto");
const MEDIA_ATTR = memberPrefix("sdp.media_attr");
const BY_HAND = new Set(["sdp.media", "sdp.media.port", "sdp.media.proto", "sdp.media_attr"]);

/** The fields of SDP_FIELDS that need no loop over media. */
export const PLAIN_SDP_FIELDS = SDP_FIELDS.filter(({ name }) => !BY_HAND.has(name));

/** The arrays over all media, without making them. A test holds this and the definitions together. */
export function writeMedia(out: JsonWriter, { sdp }: SipEntry): void {
	if (sdp === undefined || sdp.media.length === 0) return;
	array(out, MEDIA, sdp, (media) => out.string(media.line.value));
	array(out, PORT, sdp, (media) => out.number(media.port));
	array(out, PROTO, sdp, (media) => out.string(media.proto));
	let first = true;
	for (const media of sdp.media) {
		for (const attribute of media.attributes) {
			if (first) {
				out.raw(MEDIA_ATTR);
				out.openArray();
				first = false;
			} else out.comma();
			out.string(attribute.line.value);
		}
	}
	if (!first) out.closeArray();
}

function array(out: JsonWriter, prefix: Uint8Array, sdp: Sdp, write: (media: Sdp["media"][number]) => void): void {
	out.raw(prefix);
	out.openArray();
	for (let at = 0; at < sdp.media.length; at++) {
		if (at > 0) out.comma();
		write(sdp.media[at]!);
	}
	out.closeArray();
}
