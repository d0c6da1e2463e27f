/** The requests that tell webhooks of events. */
package sluice.proxy.api.event.netty;
