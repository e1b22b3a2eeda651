import { labels } from "../meters.js";
import { type ApiContext, route } from "../route.js";

export const METRICS = {
	name: "metrics",
	description: "figures for Prometheus",
	routes: [
		route({
			method: "GET",
			path: "/metrics",
			name: "getMetrics",
			summary: "Counters and gauges in Prometheus' text format",
			answers: { 200: { description: "the figures", type: "text/plain; version=0.0.4; charset=utf-8" } },
			handle: (_request, context) => ({ status: 200, type: "text/plain; version=0.0.4; charset=utf-8", text: metricsText(context) }),
		}),
	],
};

type Sample = readonly [labels: string, value: number];

function metricsText({ proxy, feed, meters }: ApiContext): string {
	const { totals, store, alg, breakpoints } = proxy;
	const one = (value: number): Sample[] => [["", value]];
	const by = (name: string, counts: ReadonlyMap<string, number>): Sample[] =>
		[...counts].map(([key, value]) => [labels({ [name]: key }), value]);
	const points = breakpoints.breakpoints.map(
		({ id, name, filter, hits }): Sample => [labels({ id: String(id), name: name ?? filter.source }), hits],
	);
	const rules = proxy.rules.list();
	const { user, system } = process.cpuUsage();
	return [
		family("connections_total", "counter", "connections and associations served", one(totals.opened)),
		family("connections_open", "gauge", "connections and associations that are open", one(totals.open)),
		family("octets_total", "counter", "octets received to be forwarded", [
			[labels({ from: "client" }), totals.octets[0]],
			[labels({ from: "server" }), totals.octets[1]],
		]),
		family("hops", "gauge", "hops that listen", one(proxy.hops.length)),
		family("entries_total", "counter", "entries by protocol, leg, and method or class of status", [...meters.entries]),
		family("findings_total", "counter", "findings about entries", [...meters.problems]),
		family("verdicts_total", "counter", "messages by class, each once", [...meters.verdicts]),
		family("divergences_total", "counter", "messages that kinds of client show differently", one(meters.divergences)),
		family(
			"alg_profile",
			"gauge",
			"ALG profiles that are switched on",
			alg.profiles.map((name) => [labels({ profile: name }), 1]),
		),
		family("rewritten", "gauge", "messages rewritten since the ALG was set, by who did", by("by", alg.rewritten)),
		family("verdicts_changed", "gauge", "messages since then that clients show as something else because of rewriting", one(alg.verdicts)),
		family("breakpoint_hits_total", "counter", "messages held", points),
		family(
			"rule_hits_total",
			"counter",
			"messages on which a rule fired",
			rules.flatMap(({ name, report }) => (report === undefined ? [] : [[labels({ name }), report.hits]])),
		),
		family("held_messages", "gauge", "messages that are held", one(breakpoints.held.length)),
		family("held_octets", "gauge", "octets that are held", one(breakpoints.heldOctets)),
		family("store_entries", "gauge", "entries that are kept", one(store.size)),
		family("store_octets", "gauge", "octets of what is kept, about", one(store.octets)),
		family("store_evicted_total", "counter", "entries that were forgotten", one(store.evicted)),
		family("api_streams", "gauge", "streams of events that are open", one(feed.readers)),
		family("process_resident_memory_bytes", "gauge", "memory of the process", one(process.memoryUsage.rss()), ""),
		family("process_cpu_seconds_total", "counter", "CPU time of the process", one((user + system) / 1e6), ""),
	].join("");
}

function family(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[], prefix = "mitmsrp_"): string {
	const lines = samples.map(([labels, value]) => `${prefix}${name}${labels} ${value}\n`);
	return `# HELP ${prefix}${name} ${help}\n# TYPE ${prefix}${name} ${type}\n${lines.join("")}`;
}
