/** RFC 9309: pages may be read, the API and what belongs to people need not be. */
export function robots(): string {
  return ["User-agent: *", "Allow: /", "Disallow: /v1/", "Disallow: /operator", "Disallow: /account", ""].join("\n");
}
