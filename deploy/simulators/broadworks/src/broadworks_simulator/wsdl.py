"""The service description, written from the table of names in our reference."""

from broadworks_simulator.soap import OPERATIONS, TARGET
from broadworks_simulator.xmltree import escape

_SERVICE = "BWProvisioningService"
_BINDING = "ProvisioningServiceSoapBinding"


def description(address: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="{TARGET}" targetNamespace="{TARGET}">'
        f'<wsdl:types><xsd:schema elementFormDefault="qualified" targetNamespace="{TARGET}">'
        f"{''.join(map(_elements, OPERATIONS))}</xsd:schema></wsdl:types>"
        f"{''.join(map(_messages, OPERATIONS))}"
        f'<wsdl:portType name="{_SERVICE}">{"".join(map(_port_operation, OPERATIONS))}</wsdl:portType>'
        f'<wsdl:binding name="{_BINDING}" type="tns:{_SERVICE}">'
        '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>'
        f"{''.join(map(_bound_operation, OPERATIONS))}</wsdl:binding>"
        f'<wsdl:service name="{_SERVICE}Service"><wsdl:port binding="tns:{_BINDING}" name="ProvisioningService">'
        f'<soap:address location="{escape(address)}"/></wsdl:port></wsdl:service></wsdl:definitions>'
    )


def _elements(operation: str) -> str:
    return _wrapper(operation, "in0") + _wrapper(f"{operation}Response", f"{operation}Return")


def _wrapper(name: str, child: str) -> str:
    return (
        f'<xsd:element name="{name}"><xsd:complexType><xsd:sequence>'
        f'<xsd:element name="{child}" type="xsd:string"/></xsd:sequence></xsd:complexType></xsd:element>'
    )


def _messages(operation: str) -> str:
    return "".join(
        f'<wsdl:message name="{operation}{way}"><wsdl:part element="tns:{element}" name="parameters"/></wsdl:message>'
        for way, element in (("Request", operation), ("Response", f"{operation}Response"))
    )


def _port_operation(operation: str) -> str:
    return (
        f'<wsdl:operation name="{operation}"><wsdl:input message="tns:{operation}Request"/>'
        f'<wsdl:output message="tns:{operation}Response"/></wsdl:operation>'
    )


def _bound_operation(operation: str) -> str:
    return (
        f'<wsdl:operation name="{operation}"><soap:operation soapAction=""/>'
        '<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>'
        "</wsdl:operation>"
    )
