import { anchorSdp } from "../acts/sdp-anchor.js";
import { MEDIA_PORT } from "../acts/sdp-options.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** A media proxy that anchors audio and video and lets m=message through. */
export const rtpePass: AlgProfile = {
	name: "rtpe-pass",
	imitates: "rtpengine",
	source: "rtpengine source, issue 959",
	parts: ["SDP o=", "SDP c=", "SDP m= port", "Content-Length"],
	symmetric: false,
	options: {
		side: SIDE,
		mediaPort: MEDIA_PORT,
		origin: { default: false, text: "o= is replaced too (replace-origin)" },
	},
	acts: [
		anchorSdp({ media: (media) => media.media === "audio" || media.media === "video", origin: "option", path: "keep", attributes: false }),
	],
};
