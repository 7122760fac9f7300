"""Threads, workers and patience as in portal/gunicorn.py, without what is the portal's own."""

workers = 2
worker_class = "gthread"
threads = 8
timeout = 60
keepalive = 5
preload_app = False
accesslog = None
control_socket_disable = True
