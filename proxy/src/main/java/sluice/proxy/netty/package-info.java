/** The miners' port: sockets, pipelines, and the loops that run sessions and routes. */
package sluice.proxy.netty;
