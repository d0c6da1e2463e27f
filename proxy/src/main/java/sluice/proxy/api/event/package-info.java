/** What happened, for other programs: as JSON, kept for those who come back, and sent to those who cannot ask. */
package sluice.proxy.api.event;
