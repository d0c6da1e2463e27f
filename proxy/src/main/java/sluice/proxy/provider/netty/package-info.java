/** The template port: connections of template clients, and the one source that they share. */
package sluice.proxy.provider.netty;
