#!/bin/sh
# Man pages are well formed.
mandoc -Tlint -W warning man/*.[1-9]
