/** The declaration port: connections of clients that make their own jobs. */
package sluice.proxy.declaration.netty;
