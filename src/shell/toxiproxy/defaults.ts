/** Where toxiproxy's API is by convention. */
export const TOXIPROXY_PORT = 8474;
