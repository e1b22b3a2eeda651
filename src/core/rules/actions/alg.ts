import { type AlgBox, AlgNameError, createAlg } from "../../alg/index.js";
import type { Endpoint } from "../../model/flow.js";
import { defineAction } from "./types.js";

const SCENE = { address: "203.0.113.1", port: 5060 };

export const ALG = defineAction({
	name: "alg",
	title: "A box in the path rewrites the SIP message as its profile says.",
	doc: "Profiles and their options are those of --alg: b2bua, or nf-sip:ports=any. A box is kept for each connection, so that it finds what it wrote itself. It has to meet both directions of a dialog, as a box does. What the profile leaves wrong stays wrong.",
	protocols: ["sip"],
	needs: "nothing",
	options: {
		profile: { type: "text", required: true, doc: "name, perhaps with options; several with commas, from the inside to the outside" },
		hides: { type: "choice", values: ["clients", "servers"], default: "clients", doc: "which end stands inside" },
		outside: { type: "text", doc: "address that the box shows outside, as 203.0.113.9:5060; default: that of the proxy on that side" },
	},
	main: "profile",
	check({ profile, outside }) {
		if (outside !== undefined && endpointOf(outside) === undefined) return "outside: an address and a port, as 203.0.113.9:5060";
		try {
			createAlg(namesIn(profile), { outside: SCENE });
			return undefined;
		} catch (error) {
			if (error instanceof AlgNameError) return error.message;
			throw error;
		}
	},
	example: `- name: an SBC that hides the room
  match: sip
  actions:
    - alg: {profile: a2, hides: servers}`,
	act({ profile, hides, outside }, context) {
		const { connection, dir, octets, at } = context;
		const memory = context.memory((): { box: AlgBox } => {
			const own = hides === "clients" ? connection.server.a : connection.client.b;
			const given = outside === undefined ? undefined : endpointOf(outside);
			return { box: createAlg(namesIn(profile), { outside: given ?? own }) };
		});
		const leg = dir === 0 ? connection.client : connection.server;
		const [source, target] = dir === 0 ? [leg.a, leg.b] : [leg.b, leg.a];
		memory.box.advance(at);
		const outcome = memory.box.handle({
			octets,
			from: (dir === 0) === (hides === "clients") ? "inside" : "outside",
			at,
			transport: leg.carrier ?? leg.transport,
			source,
			target,
		});
		if (outcome.dropped !== undefined) return { drop: true, reason: outcome.dropped };
		return outcome.edits.length === 0 ? undefined : { edits: outcome.edits, fix: false };
	},
});

function namesIn(profile: string): string[] {
	return profile.split(",").map((name) => name.trim());
}

function endpointOf(text: string): Endpoint | undefined {
	const found = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text);
	if (found === null || Number(found[3]) > 65_535) return undefined;
	return { address: (found[1] ?? found[2])!, port: Number(found[3]) };
}
