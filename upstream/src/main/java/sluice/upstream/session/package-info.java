/** The protocol conversations with upstreams, as pure machines. */
package sluice.upstream.session;
