import { STREAMS } from "../../core/toxics/types.js";
import { shownOf, type ToxicProxies } from "./proxies.js";

/** Octets of each proxy for Prometheus, named as toxiproxy names them. */
export function metrics(proxies: ToxicProxies): string {
	const counter = (name: string, help: string, which: "received" | "sent"): string => {
		const lines = [...proxies.all.values()].flatMap(({ name: proxy, state, hop }) => {
			const { listen, upstream } = shownOf({ hop });
			return STREAMS.map((direction, dir) => {
				const labels = Object.entries({ direction, listener: listen, proxy, upstream }).map(
					([label, value]) => `${label}=${quoted(value)}`,
				);
				return `${name}{${labels.join(",")}} ${state.octets(dir as 0 | 1)[which]}\n`;
			});
		});
		return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${lines.join("")}`;
	};
	return (
		counter(
			"toxiproxy_proxy_received_bytes_total",
			"The total number of bytes received on a given proxy link in a given direction",
			"received",
		) + counter("toxiproxy_proxy_sent_bytes_total", "The total number of bytes sent on a given proxy link in a given direction", "sent")
	);
}

/** A label as the exposition format writes it. */
function quoted(value: string): string {
	return `"${value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`;
}
